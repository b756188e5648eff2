//! `DELETE /personal_access_tokens/:id` and `…/self`

use insta::assert_snapshot;
use narrowgate_store::audit::AuditFilter;
use narrowgate_store::{Page, TenantId};
use serde_json::Value;

use crate::world::{Reply, World, fine, grant, legacy};
use narrowgate_store::tokens::GrantAccess;

async fn delete(world: &World, user: &str, id: u64) -> Reply {
    world.call(&world.user(user), "DELETE", &format!("/personal_access_tokens/{id}"), &Value::Null).await
}

#[tokio::test]
async fn ones_own_and_again() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    assert_snapshot!(delete(&world, "maria", 1).await, @"204");
    assert!(world.stored(1).await.revocation.is_some());
    assert_eq!(delete(&world, "maria", 1).await.status, 204);
    let filter = AuditFilter { action: Some("token.revoked".into()), ..AuditFilter::all(TenantId::DEFAULT) };
    assert_eq!(world.store.audit().list(&filter, Page::ALL).await.unwrap().total, Some(1));
}

#[tokio::test]
async fn oneself_with_any_token() {
    let world = World::new().await;
    let token = world.token("maria", fine(&[grant(GrantAccess::User, &["read_user"])])).await;
    let reply =
        world.call(&world.bearer(&token), "DELETE", "/personal_access_tokens/self", &Value::Null).await;
    assert_eq!(reply.status, 204);
    assert_eq!(
        world.call(&world.user("maria"), "DELETE", "/personal_access_tokens/self", &Value::Null).await.status,
        400
    );
}

#[tokio::test]
async fn others_are_unknown_except_to_administrators() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    assert_snapshot!(delete(&world, "dev", 1).await, @r#"
    401
    {"message":"401 Unauthorized"}
    "#);
    assert!(world.stored(1).await.revocation.is_none());
    assert_snapshot!(delete(&world, "root", 99).await, @r#"
    404
    {"message":"404 Not found"}
    "#);
    assert_eq!(delete(&world, "root", 1).await.status, 204);
}
