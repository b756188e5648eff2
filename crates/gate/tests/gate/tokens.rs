//! Tokens die when they should.

use std::time::Duration;

use crate::world::World;
use narrowgate_store::Page;
use narrowgate_store::TenantId;
use narrowgate_store::audit::AuditFilter;
use narrowgate_store::tokens::Revocation;

const ISSUES: &str = "GET /api/v4/projects/20/issues";

#[tokio::test]
async fn revocation_is_followed() {
    let mut world = World::start().await;
    let (plain, token) = world.on_web(&["read_work_item"]).await;
    assert_eq!(world.ask(ISSUES, &plain, "", "").await.status(), 200);
    world.store.tokens().revoke(token.id, Revocation::asked(world.store.now())).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let answer = world.ask(ISSUES, &plain, "", "").await;
    assert_eq!(answer.status(), 401, "{answer:?}");
    assert!(answer.has("Token was revoked"), "{answer:?}");
}

#[tokio::test]
async fn unknown_tokens_are_answered_here_until_they_exist() {
    let mut world = World::start().await;
    let mut other = World::start().await;
    let (foreign, _) = other.on_web(&["read_work_item"]).await;
    assert_eq!(world.ask(ISSUES, &foreign, "", "").await.status(), 401);
    assert!(world.upstream.take().is_empty());
    // The same digest, once it is in this store too: minted from the same seed.
    let (plain, _) = world.on_web(&["read_work_item"]).await;
    assert_eq!(plain.expose(), foreign.expose());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(world.ask(ISSUES, &plain, "", "").await.status(), 200);
}

#[tokio::test]
async fn uses_and_denials_are_recorded() {
    let mut world = World::start().await;
    let (plain, token) = world.on_web(&["read_work_item"]).await;
    world.ask(ISSUES, &plain, "", "").await;
    world.ask("POST /api/v4/projects/20/issues", &plain, "", "").await;
    tokio::time::sleep(Duration::from_millis(800)).await;
    let token = world.store.tokens().lookup(token.id).await.unwrap().unwrap();
    assert_eq!(token.last_used_ips, [std::net::IpAddr::from([127, 0, 0, 1])]);
    let events = world.store.audit().list(&AuditFilter::all(TenantId::DEFAULT), Page::ALL).await.unwrap();
    let denied = &events.items[0].event;
    assert_eq!(denied.details["reason"], "permission_missing");
    assert_eq!(denied.details["permissions"][0], "create_work_item");
}
