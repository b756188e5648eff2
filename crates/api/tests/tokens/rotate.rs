//! `POST /personal_access_tokens/:id/rotate` and `…/self/rotate`

use insta::assert_snapshot;
use narrowgate_api::authority::{self, Actor, Expiry};
use narrowgate_secret::TokenDigest;
use narrowgate_store::audit::AuditFilter;
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::GrantAccess;
use narrowgate_store::{Page, TenantId, TokenId};
use serde_json::{Value, json};

use crate::world::{World, fine, grant, legacy, on};

#[tokio::test]
async fn a_fine_grained_token() {
    let world = World::new().await;
    let old = world.token("maria", fine(&[on(&[20], &[], &["read_job"])])).await;
    let (token, reply) = world
        .call(&world.user("maria"), "POST", "/personal_access_tokens/1/rotate", &Value::Null)
        .await
        .without_token();
    assert_snapshot!(reply, @r#"
    200
    cache-control: no-store
    {"id":2,"name":"test","revoked":false,"created_at":"2026-06-24T22:56:00.409Z","description":null,"scopes":["granular"],"user_id":2,"last_used_at":null,"active":true,"granular":true,"expires_at":"2026-07-01","last_used_ips":[],"granular_scopes":[{"access":"selected_memberships","permissions":["read_job"],"project_id":20,"group_id":null}],"token":"[token]"}
    "#);
    let (before, after) = (world.stored(1).await, world.stored(2).await);
    assert!(before.revocation.is_some() && before.digest == old.digest);
    assert_eq!(
        (after.digest, after.family, after.previous),
        (TokenDigest::of(&token), old.family, Some(old.id))
    );
}

#[tokio::test]
async fn oneself_until_a_day() {
    let world = World::new().await;
    let token = world.token("maria", legacy(&["self_rotate"])).await;
    let path = "/personal_access_tokens/self/rotate";
    let reply = world.call(&world.bearer(&token), "POST", path, &json!({"expires_at": "2026-12-24"})).await;
    assert_snapshot!(reply.redacted(), @r#"
    200
    cache-control: no-store
    {"id":2,"name":"test","revoked":false,"created_at":"2026-06-24T22:56:00.409Z","description":null,"scopes":["self_rotate"],"user_id":2,"last_used_at":null,"active":true,"granular":false,"expires_at":"2026-12-24","last_used_ips":[],"token":"[token]"}
    "#);
    assert_eq!(world.call(&world.user("maria"), "POST", path, &Value::Null).await.status, 400);
}

#[tokio::test]
async fn the_lifetime_has_bounds() {
    let world = World::new().await;
    let token = world.token("maria", legacy(&["api"])).await;
    for (date, text) in
        [("2026-06-23", "cannot be a date in the past"), ("2028-01-01", "must be before 2027-07-30")]
    {
        let body = json!({"expires_at": date});
        let reply =
            world.call(&world.bearer(&token), "POST", "/personal_access_tokens/self/rotate", &body).await;
        assert_eq!((reply.status, reply.json()), (400, json!({"message": {"expires_at": [text]}})));
    }
    assert!(world.stored(1).await.revocation.is_none());
}

#[tokio::test]
async fn a_rotated_token_takes_its_family_with_it() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    let maria = world.user("maria");
    assert_eq!(
        world.call(&maria, "POST", "/personal_access_tokens/1/rotate", &Value::Null).await.status,
        200
    );
    assert!(world.stored(2).await.revocation.is_none());
    assert_snapshot!(world.call(&maria, "POST", "/personal_access_tokens/1/rotate", &Value::Null).await, @r#"
    401
    {"message":"401 Unauthorized"}
    "#);
    assert!(world.stored(2).await.revocation.is_some());
    let filter =
        AuditFilter { action: Some("token.family_revoked".into()), ..AuditFilter::all(TenantId::DEFAULT) };
    let events = world.store.audit().list(&filter, Page::ALL).await.unwrap().items;
    assert_eq!(events[0].event.details, json!({"name": "test", "revoked": [2]}));
}

#[tokio::test]
async fn expired_tokens_stay_expired() {
    let world = World::new().await;
    let token = world.token("maria", legacy(&["api"])).await;
    let rotate = async || {
        world
            .call(&world.user("maria"), "POST", "/personal_access_tokens/1/rotate", &Value::Null)
            .await
            .status
    };
    world.clock.set(token.expires_at.unwrap().midnight());
    assert_eq!(rotate().await, 401);
    world.clock.set(Timestamp(token.expires_at.unwrap().midnight().0 - 1));
    assert_eq!(rotate().await, 200);
}

#[tokio::test]
async fn others_are_unknown_except_to_administrators() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    let rotate = async |user: &str, id: u64| {
        world
            .call(&world.user(user), "POST", &format!("/personal_access_tokens/{id}/rotate"), &Value::Null)
            .await
            .status
    };
    assert_eq!((rotate("dev", 1).await, rotate("dev", 99).await), (401, 401));
    assert_eq!((rotate("root", 99).await, rotate("root", 1).await), (404, 200));
}

#[tokio::test]
async fn nobody_rotates_a_wider_token_to_learn_it() {
    let world = World::new().await;
    let narrow =
        fine(&[grant(GrantAccess::User, &["rotate_personal_access_token"]), on(&[20], &[], &["read_job"])]);
    let narrow = world.bearer(&world.token("maria", narrow).await);
    world.token("maria", fine(&[on(&[20], &[], &["read_job", "delete_job"])])).await;
    world.token("maria", legacy(&["read_api"])).await;
    world.token("maria", fine(&[on(&[20], &[], &["read_job"])])).await;
    let rotate = async |id: u64| {
        world.call(&narrow, "POST", &format!("/personal_access_tokens/{id}/rotate"), &Value::Null).await
    };
    assert_snapshot!(rotate(2).await, @r#"
    403
    {"message":"403 Forbidden - A granular token can only create tokens with equal or lesser permissions.","narrowgate":{"reason":"escalation","permissions":["delete_job"],"request_id":"req-1"}}
    "#);
    assert_eq!(rotate(3).await.status, 403);
    assert!(world.stored(2).await.revocation.is_none() && world.stored(3).await.revocation.is_none());
    assert_eq!(rotate(4).await.status, 200);
    assert_eq!(rotate(1).await.status, 200, "itself");
}

#[tokio::test]
async fn of_two_at_once_one_wins() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    let maria = world.user("maria");
    let rotate = || authority::rotate(&world.state, Actor::Caller(&maria), TokenId(1), Expiry::Default);
    let (one, two) = tokio::join!(rotate(), rotate());
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
}
