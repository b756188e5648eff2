//! The audit log: listed, examined and exported.

use serde_json::{Value, json};

use crate::world::World;

async fn world() -> World {
    let world = World::new().await;
    let (root, maria) = (world.user("root"), world.user("maria"));
    world.call(&root, "PUT", "/policies/tenant", json!({})).await.expect(200);
    world.call(&maria, "PUT", "/policies/groups/10", json!({ "require_expiry": true })).await.expect(200);
    world
}

#[tokio::test]
async fn everybody_sees_what_they_did() {
    let world = world().await;
    let total = async |user: &str, query: &str| {
        world.get(&world.user(user), &format!("/audit/events{query}")).await.expect(200)["total"].clone()
    };
    assert_eq!(total("root", "").await, 2);
    assert_eq!(total("maria", "").await, 1);
    assert_eq!(total("dev", "").await, 0);
    assert_eq!(total("root", "?user_id=2&action=policy.updated").await, 1);
    assert_eq!(total("root", "?after=2027-01-01T00:00:00Z").await, 0);
    assert_eq!(world.get(&world.user("dev"), "/audit/events?user_id=2").await.status, 403);
}

#[tokio::test]
async fn the_log_is_examined() {
    let world = world().await;
    let root = world.user("root");
    let found = world.get(&root, "/audit/verify").await.expect(200);
    assert_eq!((&found["intact"], &found["count"]), (&json!(true), &json!(2)));
    let hash = found["head"]["hash"].as_str().unwrap();
    let again = world.get(&root, &format!("/audit/verify?head_id=2&head_hash={hash}")).await.expect(200);
    assert_eq!(again["intact"], true);
    let forged = "0".repeat(64);
    let other = world.get(&root, &format!("/audit/verify?head_id=2&head_hash={forged}")).await.expect(200);
    assert_eq!(other["intact"], false);
    assert_eq!(world.get(&root, "/audit/verify?head_id=2").await.status, 400);
    assert_eq!(world.get(&world.user("maria"), "/audit/verify").await.status, 403);
}

#[tokio::test]
async fn the_log_is_exported_in_lines() {
    let world = world().await;
    let reply = world.get(&world.user("root"), "/audit/export?limit=1").await;
    assert_eq!(reply.headers["content-type"], "application/x-ndjson");
    let mut lines = reply.text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert_eq!(lines.next().unwrap()["id"], 1);
    assert!(lines.next().is_none());
    let rest = world.get(&world.user("root"), "/audit/export?after=1").await;
    assert_eq!(rest.text.lines().count(), 1);
}
