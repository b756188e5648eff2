//! `GET /personal_access_tokens/:id` and `…/self`

use insta::assert_snapshot;
use narrowgate_store::tokens::{GrantAccess, TokenUse};

use crate::world::{World, fine, grant, legacy};

#[tokio::test]
async fn a_used_legacy_token() {
    let world = World::new().await;
    let token = world.token("maria", legacy(&["api", "read_user"])).await;
    let address = Some("2001:db8::7".parse().unwrap());
    world
        .store
        .tokens()
        .record_use(&[TokenUse { token: token.id, at: world.store.now(), address }])
        .await
        .unwrap();
    assert_snapshot!(world.get(&world.user("maria"), "/personal_access_tokens/1").await, @r#"
    200
    {"id":1,"name":"test","revoked":false,"created_at":"2026-06-24T22:56:00.409Z","description":null,"scopes":["api","read_user"],"user_id":2,"last_used_at":"2026-06-24T22:56:00.409Z","active":true,"granular":false,"expires_at":"2027-06-24","last_used_ips":["2001:db8::7"]}
    "#);
}

#[tokio::test]
async fn oneself() {
    let world = World::new().await;
    let token =
        world.token("maria", fine(&[grant(GrantAccess::User, &["read_personal_access_token"])])).await;
    assert_snapshot!(world.get(&world.bearer(&token), "/personal_access_tokens/self").await, @r#"
    200
    {"id":1,"name":"test","revoked":false,"created_at":"2026-06-24T22:56:00.409Z","description":null,"scopes":["granular"],"user_id":2,"last_used_at":null,"active":true,"granular":true,"expires_at":"2027-06-24","last_used_ips":[],"granular_scopes":[{"access":"user","permissions":["read_personal_access_token"],"project_id":null,"group_id":null}]}
    "#);
    assert_snapshot!(world.get(&world.user("maria"), "/personal_access_tokens/self").await, @r#"
    400
    {"message":"400 Bad request - this token was not made by Narrowgate"}
    "#);
}

#[tokio::test]
async fn an_expired_token_is_inactive_from_midnight() {
    let world = World::new().await;
    let token = world.token("maria", legacy(&["api"])).await;
    let midnight = token.expires_at.unwrap().midnight();
    let active =
        async || world.get(&world.user("maria"), "/personal_access_tokens/1").await.json()["active"].clone();
    world.clock.set(narrowgate_store::time::Timestamp(midnight.0 - 1));
    assert_eq!(active().await, true);
    world.clock.set(midnight);
    assert_eq!(active().await, false);
}

#[tokio::test]
async fn others_are_unknown_except_to_administrators() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    assert_snapshot!(world.get(&world.user("dev"), "/personal_access_tokens/1").await, @r#"
    401
    {"message":"401 Unauthorized"}
    "#);
    assert_eq!(world.get(&world.user("dev"), "/personal_access_tokens/99").await.status, 401);
    assert_eq!(world.get(&world.user("root"), "/personal_access_tokens/1").await.status, 200);
    assert_snapshot!(world.get(&world.user("root"), "/personal_access_tokens/99").await, @r#"
    404
    {"message":"404 Not found"}
    "#);
}

#[tokio::test]
async fn numbers_only() {
    let world = World::new().await;
    for id in ["abc", "-1", "1.5", "%73elf", "99999999999999999999", "+1"] {
        let reply = world.get(&world.user("maria"), &format!("/personal_access_tokens/{id}")).await;
        assert_eq!((reply.status, reply.text.as_str()), (400, r#"{"error":"id is invalid"}"#), "{id}");
    }
}
