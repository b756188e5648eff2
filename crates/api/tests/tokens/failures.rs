//! When what stands behind fails, nothing is made, and the answer says which part it was.

use std::sync::atomic::Ordering;

use insta::assert_snapshot;
use serde_json::json;

use crate::world::{World, legacy};

#[tokio::test]
async fn the_instance_does_not_answer() {
    let world = World::new().await;
    world.containers.broken.store(true, Ordering::SeqCst);
    let grant = json!({"access": "selected_memberships", "permissions": ["read_job"], "project_ids": [20]});
    let body = json!({"name": "x", "granular_scopes": [grant]});
    assert_snapshot!(world.call(&world.user("maria"), "POST", "/user/personal_access_tokens", &body).await, @r#"
    504
    {"message":"504 Gateway Timeout","narrowgate":{"reason":"instance_timeout","hint":"The instance did not answer in time.","request_id":"req-1"}}
    "#);
    assert_eq!(world.get(&world.user("maria"), "/personal_access_tokens").await.text, "[]");
}

#[tokio::test]
async fn what_needs_no_instance_goes_on() {
    let world = World::new().await;
    world.containers.broken.store(true, Ordering::SeqCst);
    let token = world.token("maria", legacy(&["api"])).await;
    assert_eq!(world.get(&world.bearer(&token), "/personal_access_tokens/self").await.status, 200);
}

#[tokio::test]
async fn the_store_does_not_answer() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    world.faults.tokens.store(true, Ordering::SeqCst);
    let maria = world.user("maria");
    let body = json!({"name": "x", "scopes": ["api"]});
    assert_snapshot!(world.call(&maria, "POST", "/user/personal_access_tokens", &body).await, @r#"
    503
    {"message":"503 Service Unavailable","narrowgate":{"reason":"store_unavailable","hint":"The store does not answer; nothing was changed. Try again.","request_id":"req-1"}}
    "#);
    for (method, path) in [
        ("GET", "/personal_access_tokens"),
        ("GET", "/personal_access_tokens/1"),
        ("POST", "/personal_access_tokens/1/rotate"),
        ("DELETE", "/personal_access_tokens/1"),
    ] {
        assert_eq!(world.call(&maria, method, path, &json!(null)).await.status, 503, "{method} {path}");
    }
    world.faults.tokens.store(false, Ordering::SeqCst);
    assert!(world.stored(1).await.revocation.is_none());
}

#[tokio::test]
async fn a_token_that_cannot_be_written_down_does_not_stay() {
    let world = World::new().await;
    world.faults.audit.store(true, Ordering::SeqCst);
    let maria = world.user("maria");
    let body = json!({"name": "x", "scopes": ["api"]});
    assert_eq!(world.call(&maria, "POST", "/user/personal_access_tokens", &body).await.status, 503);
    assert!(world.stored(1).await.revocation.is_some());
}

#[tokio::test]
async fn a_revocation_holds_even_if_it_cannot_be_written_down() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    world.faults.audit.store(true, Ordering::SeqCst);
    let maria = world.user("maria");
    assert_eq!(world.call(&maria, "DELETE", "/personal_access_tokens/1", &json!(null)).await.status, 204);
    assert!(world.stored(1).await.revocation.is_some());
}
