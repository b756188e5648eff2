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
    {"message":"504 Gateway Timeout","narrowgate":{"reason":"instance_timeout","hint":"The instance did not answer in time."}}
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
