//! The life cycle of tokens, tick by tick.

use std::sync::atomic::Ordering;
use std::time::Duration;

use narrowgate_api::lifecycle::Probed;
use narrowgate_store::time::Date;
use narrowgate_store::tokens::TokenUse;
use serde_json::{Value, json};

use crate::world::{World, grant, on_project};

const DAY: u64 = 86_400;

fn days(count: u64) -> Duration {
    Duration::from_secs(count * DAY)
}

async fn hook(world: &World, events: &[&str]) {
    let body = json!({ "url": "https://hooks.example.com", "events": events });
    world.call(&world.user("root"), "POST", "/webhooks", body).await.expect(201);
}

fn sent(world: &World) -> Vec<(String, Value)> {
    let messages = std::mem::take(&mut *world.sender.messages.lock().unwrap());
    let read = |body: &str| serde_json::from_str::<Value>(body).unwrap();
    messages
        .iter()
        .map(|message| (read(&message.body)["event"].as_str().unwrap().to_owned(), read(&message.body)))
        .collect()
}

#[tokio::test]
async fn a_lost_connection_takes_its_tokens_along_once_it_is_certain() {
    let world = World::new().await;
    let worker = world.worker(None);
    let (token, _) = world.plain_token("dev", |_| {}).await;
    let (other, _) = world.plain_token("maria", |_| {}).await;
    assert_eq!(worker.tick().await.checked, 3);
    assert_eq!(worker.tick().await.checked, 0, "healthy ones have time");
    // An instance that says nothing is no reason.
    world.probe.0.lock().unwrap().insert(3, Probed::Unknown);
    for _ in 0..20 {
        world.clock.advance(Duration::from_secs(3600));
        worker.tick().await;
    }
    assert_eq!(world.fate(&token).await, None);
    world.probe.0.lock().unwrap().insert(3, Probed::Unauthorized);
    world.clock.advance(Duration::from_secs(3600));
    assert_eq!(worker.tick().await.lost, 0, "one answer may be a slip");
    world.clock.advance(Duration::from_secs(59));
    assert_eq!(worker.tick().await.checked, 0);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(worker.tick().await.lost, 1);
    assert_eq!(world.fate(&token).await, Some("connection_lost"));
    assert_eq!(world.fate(&other).await, None);
}

#[tokio::test]
async fn a_blocked_owner_loses_their_tokens() {
    let world = World::new().await;
    let worker = world.worker(None);
    let (token, _) = world.plain_token("dev", |_| {}).await;
    world.probe.0.lock().unwrap().insert(3, Probed::Blocked);
    worker.tick().await;
    world.clock.advance(Duration::from_secs(60));
    worker.tick().await;
    assert_eq!(world.fate(&token).await, Some("owner_blocked"));
}

#[tokio::test]
async fn unused_tokens_end_where_a_policy_says_so() {
    let world = World::new().await;
    let worker = world.worker(None);
    let (idle, _) = world.plain_token("dev", |_| {}).await;
    let (used, _) = world.plain_token("dev", |_| {}).await;
    world
        .call(&world.user("root"), "PUT", "/policies/instance", json!({ "revoke_unused_after_days": 30 }))
        .await;
    world.clock.advance(days(29));
    worker.tick().await;
    let at = world.store.now();
    world.store.tokens().record_use(&[TokenUse { token: used.id, at, address: None }]).await.unwrap();
    assert_eq!(world.fate(&idle).await, None);
    world.clock.advance(days(2));
    assert_eq!(worker.tick().await.inactive, 1);
    assert_eq!((world.fate(&idle).await, world.fate(&used).await), (Some("inactive"), None));
}

#[tokio::test]
async fn the_policy_of_a_group_is_for_what_reaches_nothing_else() {
    let world = World::new().await;
    let worker = world.worker(None);
    let inside = world.fine("maria", &[on_project(20, &["read_job"]), on_project(22, &["read_job"])]).await;
    let partly = world.fine("maria", &[on_project(20, &["read_job"]), on_project(31, &["read_job"])]).await;
    let user = grant(narrowgate_store::tokens::GrantAccess::User, &["read_user"]);
    let elsewhere = world.fine("maria", &[on_project(20, &["read_job"]), user]).await;
    world
        .call(&world.user("maria"), "PUT", "/policies/groups/10", json!({ "revoke_unused_after_days": 1 }))
        .await;
    world.clock.advance(days(2));
    assert_eq!(worker.tick().await.inactive, 1);
    let fates = [world.fate(&inside).await, world.fate(&partly).await, world.fate(&elsewhere).await];
    assert_eq!(fates, [Some("inactive"), None, None]);
}

#[tokio::test]
async fn each_warning_is_given_once() {
    let world = World::new().await;
    let (worker, second) = (world.worker(None), world.worker(None));
    hook(&world, &["token.expiring"]).await;
    world.plain_token("dev", |new| new.expires_at = Some(Date::parse("2026-08-30").unwrap())).await;
    let mut given = Vec::new();
    for day in 0..70 {
        for worker in [&worker, &second, &worker] {
            worker.tick().await;
        }
        given.extend(
            sent(&world)
                .into_iter()
                .map(|(_, body)| (day, body["data"]["details"]["days_left"].as_i64().unwrap())),
        );
        world.clock.advance(days(1));
    }
    // The 24th of June is 67 days before.
    assert_eq!(given, [(7, 60), (37, 30), (60, 7), (66, 1)]);
}

#[tokio::test]
async fn a_short_life_gets_the_most_urgent_warning_alone() {
    let world = World::new().await;
    let worker = world.worker(None);
    world.plain_token("dev", |new| new.expires_at = Some(Date::parse("2026-06-29").unwrap())).await;
    assert_eq!(worker.tick().await.warnings, 1);
    assert_eq!(worker.tick().await.warnings, 0);
    world.clock.advance(days(4));
    assert_eq!(worker.tick().await.warnings, 1);
}

#[tokio::test]
async fn messages_are_tried_again_and_given_up() {
    let world = World::new().await;
    let worker = world.worker(None);
    hook(&world, &["policy.*"]).await;
    world.sender.status.store(503, Ordering::SeqCst);
    world.call(&world.user("root"), "PUT", "/policies/tenant", json!({})).await.expect(200);
    let mut attempts = 0;
    for _ in 0..2000 {
        attempts += worker.tick().await.failed;
        world.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(attempts, 10);
    let shown = world.get(&world.user("root"), "/webhooks/1").await.expect(200);
    assert_eq!(shown["deliveries"][0]["state"], "failed");
    assert_eq!(shown["deliveries"][0]["last_error"], "status 503");
}

#[tokio::test]
async fn each_event_goes_out_once() {
    let world = World::new().await;
    hook(&world, &["*"]).await;
    world.worker(None).tick().await;
    let events: Vec<_> = sent(&world).into_iter().map(|(event, _)| event).collect();
    assert_eq!(events, ["webhook.created"]);
    let (token, _) = world.plain_token("dev", |_| {}).await;
    let body = json!({ "ids": [token.id] });
    world.call(&world.user("dev"), "POST", "/tokens/bulk_revoke", body).await.expect(200);
    // Another node, without this one's memory.
    world.worker(None).tick().await;
    world.worker(None).tick().await;
    let events = sent(&world);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].0, "token.revoked");
    assert_eq!(events[0].1["data"]["token_id"], token.id.0);
}
