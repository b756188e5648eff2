//! `GET /personal_access_tokens`

use std::time::Duration;

use insta::assert_snapshot;
use narrowgate_api::ApiConfig;
use narrowgate_api::authority::{self, Actor};
use narrowgate_store::TokenId;
use serde_json::Value;

use crate::world::{Reply, World, legacy};

async fn get(world: &World, user: &str, query: &str) -> Reply {
    world.get(&world.user(user), &format!("/personal_access_tokens{query}")).await
}

async fn ids(world: &World, user: &str, query: &str) -> Vec<u64> {
    let reply = get(world, user, query).await;
    assert_eq!(reply.status, 200, "{query}: {reply}");
    reply.json().as_array().unwrap().iter().map(|token| token["id"].as_u64().unwrap()).collect()
}

/// Five tokens of maria, a day apart, the second revoked; one of dev.
async fn world() -> World {
    let world = World::with(ApiConfig {
        public_url: Some("https://gate.example.com/".into()),
        ..ApiConfig::default()
    })
    .await;
    for _ in 0..5 {
        world.token("maria", legacy(&["read_api"])).await;
        world.clock.advance(Duration::from_secs(86_400));
    }
    world.token("dev", legacy(&["read_api"])).await;
    authority::revoke(&world.state, Actor::Caller(&world.user("maria")), TokenId(2)).await.unwrap();
    world
}

#[tokio::test]
async fn ones_own() {
    let world = world().await;
    assert_eq!(ids(&world, "maria", "").await, [1, 2, 3, 4, 5]);
    assert_eq!(ids(&world, "dev", "").await, [6]);
    assert_eq!(ids(&world, "gus", "").await, [0; 0]);
    assert_eq!(ids(&world, "dev", "?user_id=3").await, [6]);
    assert_snapshot!(get(&world, "dev", "?user_id=2").await, @r#"
    401
    {"message":"401 Unauthorized"}
    "#);
}

#[tokio::test]
async fn administrators_see_all() {
    let world = world().await;
    assert_eq!(ids(&world, "root", "").await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(ids(&world, "root", "?user_id=3").await, [6]);
    assert_eq!(ids(&world, "root", "?user_id=77").await, [0; 0]);
}

#[tokio::test]
async fn filters() {
    let world = world().await;
    for (query, expected) in [
        ("?revoked=true", vec![2]),
        ("?revoked=false", vec![1, 3, 4, 5]),
        ("?state=active", vec![1, 3, 4, 5]),
        ("?state=inactive", vec![2]),
        ("?search=TES", vec![1, 2, 3, 4, 5]),
        ("?search=other", vec![]),
        ("?created_after=2026-06-27", vec![4, 5]),
        ("?created_before=2026-06-25T22:56:00.409Z", vec![1, 2]),
        ("?expires_after=2027-06-27", vec![4, 5]),
        ("?expires_before=2027-06-25", vec![1]),
        ("?last_used_after=2026-01-01", vec![]),
        ("?sort=created_desc", vec![5, 4, 3, 2, 1]),
        ("?sort=expires_asc&state=active", vec![1, 3, 4, 5]),
        ("?sort=name_desc", vec![5, 4, 3, 2, 1]),
    ] {
        assert_eq!(ids(&world, "maria", query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn wrong_filters_are_named() {
    let world = world().await;
    for (query, complaint) in [
        ("?created_after=yesterday", "created_after is invalid"),
        ("?expires_before=2026-02-30", "expires_before is invalid"),
        ("?revoked=perhaps", "revoked is invalid"),
        ("?state=dead", "state does not have a valid value"),
        ("?sort=id", "sort does not have a valid value"),
        ("?user_id=maria", "user_id is invalid"),
        ("?page=0", "page does not have a valid value"),
        ("?per_page=x&page=-1", "page is invalid, per_page is invalid"),
    ] {
        let reply = get(&world, "maria", query).await;
        assert_eq!((reply.status, &reply.json()["error"]), (400, &Value::from(complaint)), "{query}");
    }
}

#[tokio::test]
async fn pages() {
    let world = world().await;
    let headers = |reply: &Reply| {
        ["x-total", "x-total-pages", "x-page", "x-per-page", "x-prev-page", "x-next-page"]
            .map(|name| reply.header(name).to_owned())
    };
    let middle = get(&world, "maria", "?sort=created_desc&per_page=2&page=2&private_token=ngpat-x").await;
    assert_eq!(headers(&middle), ["5", "3", "2", "2", "1", "3"]);
    assert_eq!(ids(&world, "maria", "?per_page=2&page=2").await, [3, 4]);
    assert_snapshot!(middle.header("link").replace(", <", ",\n<"), @r#"
    <https://gate.example.com/api/v4/personal_access_tokens?page=1&per_page=2&sort=created_desc>; rel="prev",
    <https://gate.example.com/api/v4/personal_access_tokens?page=3&per_page=2&sort=created_desc>; rel="next",
    <https://gate.example.com/api/v4/personal_access_tokens?page=1&per_page=2&sort=created_desc>; rel="first",
    <https://gate.example.com/api/v4/personal_access_tokens?page=3&per_page=2&sort=created_desc>; rel="last"
    "#);
    assert_eq!(headers(&get(&world, "maria", "?per_page=2").await), ["5", "3", "1", "2", "", "2"]);
    assert_eq!(headers(&get(&world, "maria", "?per_page=2&page=3").await), ["5", "3", "3", "2", "2", ""]);
    assert_eq!(headers(&get(&world, "maria", "?per_page=2&page=9").await), ["5", "3", "9", "2", "", ""]);
    assert_eq!(headers(&get(&world, "maria", "?per_page=1000").await), ["5", "1", "1", "100", "", ""]);
    assert_eq!(headers(&get(&world, "gus", "").await), ["0", "1", "1", "20", "", ""]);
}

#[tokio::test]
async fn without_a_public_url_links_name_the_host() {
    let world = World::new().await;
    let reply = get(&world, "maria", "").await;
    assert!(
        reply
            .header("link")
            .starts_with("<http://gate.example.com/api/v4/personal_access_tokens?page=1&per_page=20>")
    );
}
