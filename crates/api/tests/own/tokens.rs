//! Listing tokens by what they reach, describing their reach, bulk revocation and the calendar.

use std::time::Duration;

use narrowgate_store::tokens::{GrantAccess, TokenPrivileges};
use serde_json::{Value, json};

use crate::world::{World, grant, on_group, on_project};

async fn names(world: &World, user: &str, query: &str) -> Vec<i64> {
    let list = world.get(&world.user(user), &format!("/tokens{query}")).await.expect(200);
    list["tokens"].as_array().unwrap().iter().map(|token| token["id"].as_i64().unwrap()).collect()
}

/// Tokens 1 to 7: what could push to acme/web, and what could not.
async fn world() -> World {
    let world = World::new().await;
    world.fine("maria", &[on_project(20, &["push_code"])]).await;
    world.fine("maria", &[on_group(10, &["push_code", "read_job"])]).await;
    world.fine("dev", &[grant(GrantAccess::AllMemberships, &["push_code"])]).await;
    world.fine("maria", &[on_project(22, &["push_code"])]).await;
    world.fine("maria", &[grant(GrantAccess::PersonalProjects, &["push_code"])]).await;
    world.plain_token("dev", |new| new.privileges = TokenPrivileges::Legacy(vec!["api".to_owned()])).await;
    world.fine("root", &[grant(GrantAccess::AllMemberships, &["push_code"])]).await;
    world
}

#[tokio::test]
async fn which_tokens_can_push() {
    let world = world().await;
    let who = "?permission=push_code&project=acme%2Fweb";
    // 4 is on another project, 5 on personal ones, and the owner of 7 is no member.
    assert_eq!(names(&world, "root", who).await, [6, 3, 2, 1]);
    assert_eq!(names(&world, "maria", who).await, [2, 1], "others' tokens are none of hers");
    assert_eq!(names(&world, "root", "?permission=push_code&project=31").await, [5]);
    assert_eq!(
        names(&world, "root", "?permission=read_job&group=acme").await,
        [2],
        "dev is no member of acme"
    );
    // Only maria owns what this asks an owner for.
    let reply = world.get(&world.user("dev"), "/tokens?project=22").await;
    assert_eq!(reply.code(), (404, "not_found".to_owned()));
    let reply = world.get(&world.user("dev"), "/tokens?permission=pull_code").await;
    assert_eq!(reply.code(), (400, "unreadable".to_owned()));
}

#[tokio::test]
async fn lists_go_on_after_a_cursor() {
    let world = world().await;
    let first = world.get(&world.user("root"), "/tokens?limit=3").await.expect(200);
    let cursor = first["next"].as_str().unwrap();
    assert_eq!(names(&world, "root", &format!("?limit=3&cursor={cursor}")).await, [4, 3, 2]);
    let reply = world.get(&world.user("root"), "/tokens?cursor=abc").await;
    assert_eq!(reply.code(), (400, "unreadable".to_owned()));
    assert_eq!(names(&world, "root", "?kind=job").await, [0; 0]);
    assert_eq!(names(&world, "root", "?user_id=3&state=active").await, [6, 3]);
}

#[tokio::test]
async fn a_token_as_shown() {
    let world = world().await;
    let shown = world.get(&world.user("maria"), "/tokens/2").await.expect(200);
    insta::assert_json_snapshot!(shown, { ".digest_prefix" => "[digits]" });
    assert_eq!(world.get(&world.user("dev"), "/tokens/2").await.status, 404);
    assert_eq!(world.get(&world.user("dev"), "/tokens/99").await.status, 404);
}

#[tokio::test]
async fn reach_is_described() {
    let world = world().await;
    insta::assert_json_snapshot!(
        "reach_of_a_group",
        world.get(&world.user("maria"), "/tokens/2/reach").await.expect(200)
    );
    let reach = world.get(&world.user("dev"), "/tokens/3/reach").await.expect(200);
    insta::assert_json_snapshot!("reach_of_memberships", reach);
}

#[tokio::test]
async fn many_are_revoked_at_once() {
    let world = world().await;
    let maria = world.user("maria");
    for nothing in [json!({}), json!({ "ids": [] }), json!({ "search": "" })] {
        let reply = world.call(&maria, "POST", "/tokens/bulk_revoke", nothing).await;
        assert_eq!(reply.code(), (422, "invalid".to_owned()));
    }
    let dry = json!({ "permission": "read_job", "dry_run": true });
    let reply = world.call(&maria, "POST", "/tokens/bulk_revoke", dry).await.expect(200);
    assert_eq!(reply, json!({ "revoked": [], "count": 1 }));
    // 3 is dev's.
    let body = json!({ "ids": [1, 2, 3] });
    let reply = world.call(&maria, "POST", "/tokens/bulk_revoke", body).await.expect(200);
    assert_eq!(reply, json!({ "revoked": [1, 2], "count": 2 }));
    assert_eq!(names(&world, "root", "?state=inactive").await, [2, 1]);
    let events = world.get(&maria, "/audit/events?action=token.revoked").await.expect(200);
    assert_eq!(events["total"], 2);
}

#[tokio::test]
async fn the_calendar_holds_the_days_of_expiry() {
    let world = world().await;
    world.clock.advance(Duration::from_secs(60));
    let reply = world.get(&world.user("dev"), "/calendar.ics").await;
    assert_eq!(reply.headers["content-type"], "text/calendar; charset=utf-8");
    insta::assert_snapshot!(reply.text.replace("\r\n", "\n"));
    let none = world.call(&world.user("root"), "GET", "/calendar.ics", Value::Null).await;
    assert!(none.text.contains("UID:token-7@"));
}
