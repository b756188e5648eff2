//! What policies say about lifetimes and kinds of tokens.

use std::time::Duration;

use insta::assert_snapshot;
use narrowgate_api::ApiConfig;
use narrowgate_store::TenantId;
use narrowgate_store::policies::{PolicyScope, TokenPolicy};
use narrowgate_store::time::Date;
use serde_json::{Value, json};

use crate::world::{INSTANCE, Reply, Script, World, fine, legacy, on};

const PERSONAL: &str = "/user/personal_access_tokens";

async fn post(world: &World, path: &str, body: Value) -> Reply {
    world.call(&world.user("maria"), "POST", path, &body).await
}

async fn expiry(world: &World, path: &str, body: Value) -> Value {
    let reply = post(world, path, body).await;
    assert!(reply.status < 300, "{reply}");
    reply.json()["expires_at"].clone()
}

async fn put(world: &World, scope: &PolicyScope, policy: TokenPolicy) {
    world.store.policies().put(scope, &policy, world.store.now()).await.unwrap();
}

#[tokio::test]
async fn the_strictest_policy_bounds_the_lifetime() {
    let world = World::new().await;
    let wish = || json!({"name": "x", "scopes": ["read_api"]});
    assert_eq!(expiry(&world, PERSONAL, wish()).await, "2027-06-24");
    let tenant = PolicyScope::tenant(TenantId::DEFAULT);
    put(&world, &tenant, TokenPolicy { default_lifetime_days: Some(90), ..TokenPolicy::default() }).await;
    assert_eq!(expiry(&world, PERSONAL, wish()).await, "2026-09-22");
    let group = PolicyScope::group(TenantId::DEFAULT, INSTANCE, 10);
    put(&world, &group, TokenPolicy { maximum_lifetime_days: Some(30), ..TokenPolicy::default() }).await;
    assert_eq!(expiry(&world, PERSONAL, wish()).await, "2026-09-22", "personal tokens are in no group");
    assert_eq!(expiry(&world, "/projects/22/access_tokens", wish()).await, "2026-07-24");
    let late = json!({"name": "x", "scopes": ["read_api"], "expires_at": "2026-07-25"});
    assert_snapshot!(post(&world, "/projects/22/access_tokens", late).await, @r#"
    400
    {"message":{"expires_at":["must be before 2026-07-25"]}}
    "#);
    assert_eq!(
        post(&world, "/projects/22/access_tokens/4/rotate", json!({"expires_at": "2026-07-25"})).await.status,
        400
    );
    assert_eq!(expiry(&world, "/projects/22/access_tokens/4/rotate", json!({})).await, "2026-07-01");
}

#[tokio::test]
async fn tokens_without_an_end_are_made_only_where_nothing_forbids_it() {
    let wish = || json!({"name": "x", "scopes": ["read_api"], "expires_at": null});
    let world = World::new().await;
    assert_eq!(expiry(&world, PERSONAL, wish()).await, "2027-06-24", "a maximum is an end");
    let world = World::with(ApiConfig { max_lifetime_days: 0, ..ApiConfig::default() }).await;
    assert_eq!(expiry(&world, PERSONAL, wish()).await, Value::Null);
    assert_eq!(
        expiry(&world, "/personal_access_tokens/1/rotate", json!({"expires_at": null})).await,
        Value::Null
    );
    let tenant = PolicyScope::tenant(TenantId::DEFAULT);
    put(&world, &tenant, TokenPolicy { require_expiry: true, ..TokenPolicy::default() }).await;
    assert_eq!(expiry(&world, PERSONAL, wish()).await, "2027-06-24");
    assert_eq!(
        expiry(&world, "/personal_access_tokens/2/rotate", json!({"expires_at": null})).await,
        "2026-07-01"
    );
}

#[tokio::test]
async fn legacy_tokens_end_when_the_policy_says_so() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    let narrow = world.token("maria", fine(&[on(&[20], &[], &["read_job"])])).await;
    let tenant = PolicyScope::tenant(TenantId::DEFAULT);
    put(&world, &tenant, TokenPolicy { no_new_legacy: true, ..TokenPolicy::default() }).await;
    let mut script = Script::default();
    let wish = json!({"name": "x", "scopes": ["read_api"]});
    script.note("create", &post(&world, PERSONAL, wish.clone()).await);
    script.note("rotate", &post(&world, "/personal_access_tokens/1/rotate", json!({})).await);
    assert_snapshot!(script);
    assert!(world.stored(1).await.revocation.is_none());
    assert_eq!(
        post(&world, &format!("/personal_access_tokens/{}/rotate", narrow.id), json!({})).await.status,
        200
    );
    // From a day on, for a top-level group only.
    let day = Some(Date::parse("2026-06-25").unwrap());
    let from_day = TokenPolicy { fine_grained_only_from: day, ..TokenPolicy::default() };
    world.store.policies().remove(&tenant, world.store.now()).await.unwrap();
    put(&world, &PolicyScope::group(TenantId::DEFAULT, INSTANCE, 10), from_day.clone()).await;
    let for_web = async || post(&world, "/projects/20/access_tokens", wish.clone()).await.status;
    assert_eq!(for_web().await, 201, "not yet");
    world.clock.advance(Duration::from_secs(86_400));
    assert_eq!(for_web().await, 403);
    assert_eq!(
        post(&world, "/projects/31/access_tokens", wish.clone()).await.status,
        201,
        "not in the group"
    );
    put(
        &world,
        &PolicyScope::group(TenantId::DEFAULT, INSTANCE, 10),
        TokenPolicy { dry_run: true, ..from_day },
    )
    .await;
    assert_eq!(for_web().await, 201, "a dry run");
}

#[tokio::test]
async fn rotations_keep_their_distance() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    let tenant = PolicyScope::tenant(TenantId::DEFAULT);
    put(&world, &tenant, TokenPolicy { minimum_rotation_days: Some(2), ..TokenPolicy::default() }).await;
    assert_snapshot!(post(&world, "/personal_access_tokens/1/rotate", json!({})).await, @r#"
    400
    {"message":"400 Bad request - the token can be rotated from 2026-06-26 on"}
    "#);
    world.clock.advance(Duration::from_secs(2 * 86_400));
    assert_eq!(post(&world, "/personal_access_tokens/1/rotate", json!({})).await.status, 200);
}
