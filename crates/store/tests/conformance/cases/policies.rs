use narrowgate_store::changes::{Entity, Operation};
use narrowgate_store::policies::{PolicyScope, TokenPolicy};
use narrowgate_store::{Sequence, StoreError, TenantId};

use crate::fixture::{Fixture, URL, day};

fn lifetime(days: u32) -> TokenPolicy {
    TokenPolicy { maximum_lifetime_days: Some(days), ..TokenPolicy::default() }
}

fn tenant() -> PolicyScope {
    PolicyScope::tenant(TenantId::DEFAULT)
}

fn group(id: u64) -> PolicyScope {
    PolicyScope::group(TenantId::DEFAULT, URL, id)
}

async fn put(fixture: &Fixture, scope: &PolicyScope, policy: &TokenPolicy) {
    fixture.store.policies().put(scope, policy, fixture.store.now()).await.unwrap();
}

pub(crate) async fn are_found_as_put(fixture: &Fixture) {
    let full = TokenPolicy {
        default_lifetime_days: Some(30),
        maximum_lifetime_days: Some(90),
        require_expiry: true,
        minimum_rotation_days: Some(7),
        revoke_unused_after_days: Some(60),
        fine_grained_only_from: Some(day("2026-09-01")),
        no_new_legacy: true,
        no_fine_grained: true,
        no_impersonation: true,
        dry_run: true,
    };
    let scopes = [tenant(), PolicyScope::instance(TenantId::DEFAULT, URL), group(10)];
    let policies = fixture.store.policies();
    for scope in &scopes {
        assert_eq!(policies.lookup(scope).await.unwrap(), None);
        put(fixture, scope, &lifetime(5)).await;
        put(fixture, scope, &full).await;
        let stored = policies.lookup(scope).await.unwrap().unwrap();
        assert_eq!((&stored.scope, &stored.policy), (scope, &full));
        assert_eq!(stored.updated_at, fixture.store.now());
    }
    let listed = policies.list(TenantId::DEFAULT).await.unwrap();
    assert_eq!(listed.into_iter().map(|stored| stored.scope).collect::<Vec<_>>(), scopes);
    assert_eq!(policies.list(TenantId(2)).await.unwrap(), []);
    let changes = fixture.store.changes().since(Sequence(0), 99).await.unwrap();
    assert_eq!(changes.len(), 6);
    assert!(changes.iter().all(|change| change.entity == Entity::Policy && change.entity_id == 1));
}

pub(crate) async fn apply_from_the_outside_in(fixture: &Fixture) {
    put(fixture, &tenant(), &lifetime(90)).await;
    put(
        fixture,
        &PolicyScope::instance(TenantId::DEFAULT, URL),
        &TokenPolicy { require_expiry: true, ..TokenPolicy::default() },
    )
    .await;
    put(fixture, &group(10), &lifetime(30)).await;
    put(fixture, &group(11), &lifetime(400)).await;
    let elsewhere = PolicyScope::group(TenantId::DEFAULT, "https://other.example.com", 10);
    for (scope, days, require_expiry) in [
        (tenant(), Some(90), false),
        (group(10), Some(30), true),
        (group(11), Some(90), true),
        (group(12), Some(90), true),
        (elsewhere, Some(90), false),
        (PolicyScope::tenant(TenantId(2)), None, false),
    ] {
        let policy = fixture.store.policies().effective(&scope).await.unwrap();
        assert_eq!(
            (policy.maximum_lifetime_days, policy.require_expiry),
            (days, require_expiry),
            "{scope:?}"
        );
    }
}

pub(crate) async fn are_removed(fixture: &Fixture) {
    put(fixture, &tenant(), &lifetime(90)).await;
    let (policies, now) = (fixture.store.policies(), fixture.store.now());
    assert!(!policies.remove(&group(10), now).await.unwrap());
    assert!(policies.remove(&tenant(), now).await.unwrap());
    assert!(!policies.remove(&tenant(), now).await.unwrap());
    assert_eq!(policies.list(TenantId::DEFAULT).await.unwrap(), []);
    let changes = fixture.store.changes().since(Sequence(1), 9).await.unwrap();
    assert_eq!(changes.iter().map(|change| change.operation).collect::<Vec<_>>(), [Operation::Removed]);
}

pub(crate) async fn need_a_scope_that_names_something(fixture: &Fixture) {
    let wrong = [
        PolicyScope::instance(TenantId::DEFAULT, ""),
        PolicyScope::group(TenantId::DEFAULT, URL, 0),
        PolicyScope { instance_url: None, ..group(10) },
        PolicyScope::tenant(TenantId(99)),
    ];
    for scope in wrong {
        let result = fixture.store.policies().put(&scope, &lifetime(1), fixture.store.now()).await;
        assert!(matches!(result, Err(StoreError::Conflict(..))), "{scope:?}: {result:?}");
    }
}
