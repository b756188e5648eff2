//! Where tokens are taken from, and what groups and the instance demand of them.

use narrowgate_store::TenantId;
use narrowgate_store::policies::{PolicyScope, TokenPolicy};
use narrowgate_store::tokens::{TokenKind, TokenPrivileges};

use crate::world::World;

const ISSUES: &str = "GET /api/v4/projects/20/issues";

#[tokio::test]
async fn addresses_count_behind_trusted_proxies() {
    let mut world = World::with(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    let privileges = TokenPrivileges::Legacy(vec!["api".to_owned()]);
    let (token, _) = world
        .add(TokenKind::Personal, privileges, |new| {
            new.conditions.addresses = vec!["198.51.100.0/24".parse().unwrap()];
        })
        .await;
    let from = |list: &str| format!("X-Forwarded-For: {list}\r\n");
    let answer = world.ask(ISSUES, &token, &from("192.0.2.1, 198.51.100.7"), "").await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert_eq!(world.upstream.take()[0].header("x-forwarded-for"), "198.51.100.7");
    for list in ["198.51.100.7, 192.0.2.1", "unknown"] {
        let answer = world.ask(ISSUES, &token, &from(list), "").await;
        assert!(answer.status() >= 400 && answer.has("address_not_allowed"), "{list}: {answer:?}");
    }
    assert!(world.upstream.take().is_empty());
}

#[tokio::test]
async fn enforcement_follows_the_policies() {
    let mut world = World::start().await;
    let (token, _) = world.legacy("api").await;
    assert_eq!(world.ask(ISSUES, &token, "", "").await.status(), 200);
    let from = |dry_run| TokenPolicy {
        fine_grained_only_from: narrowgate_store::time::Date::parse("2026-06-01").ok(),
        dry_run,
        ..TokenPolicy::default()
    };
    let scope = PolicyScope::tenant(TenantId::DEFAULT);
    let policies = world.store.policies();
    policies.put(&scope, &from(true), world.store.now()).await.unwrap();
    let told = world.audited().await;
    assert!(told.iter().all(|event| event.action != "request.would_deny"));
    assert_eq!(world.ask(ISSUES, &token, "", "").await.status(), 200);
    assert!(world.audited().await.iter().any(|event| event.action == "request.would_deny"));
    world.store.policies().put(&scope, &from(false), world.store.now()).await.unwrap();
    world.audited().await;
    for line in [ISSUES, "GET /api/v4/user", "POST /api/graphql?query=%7Ba%7D"] {
        let answer = world.ask(line, &token, "", "").await;
        assert_eq!(answer.status(), 403, "{line}: {answer:?}");
        assert!(answer.has("fine_grained_required"), "{line}: {answer:?}");
    }
}
