//! Which paths are answered here.

use narrowgate_api::serves;
use narrowgate_catalog::Catalog;
use serde_json::Value;

use crate::world::{World, legacy};

#[test]
fn every_path_of_personal_tokens_in_the_catalogue_is_served() {
    for operation in Catalog::embedded().operations() {
        let template = operation.template.as_str();
        let personal = template.starts_with("/personal_access_tokens")
            || matches!(template, "/user/personal_access_tokens" | "/users/:user_id/personal_access_tokens");
        assert_eq!(serves(template), personal, "{template}");
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_not() {
    let world = World::new().await;
    let user = world.user("maria");
    let reply = world.get(&user, "/projects").await;
    assert_eq!((reply.status, reply.text.as_str()), (404, r#"{"error":"404 Not Found"}"#));
    let reply = world.call(&user, "PUT", "/personal_access_tokens", &Value::Null).await;
    assert_eq!((reply.status, reply.text.as_str()), (405, r#"{"error":"405 Not Allowed"}"#));
}

#[tokio::test]
async fn a_slash_at_the_end_is_ignored() {
    let world = World::new().await;
    let token = world.token("maria", legacy(&["api"])).await;
    for path in ["/personal_access_tokens/", "/personal_access_tokens/self/", "/personal_access_tokens/1/"] {
        assert_eq!(world.get(&world.bearer(&token), path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn heads_have_no_body() {
    let world = World::new().await;
    let reply = world.call(&world.user("maria"), "HEAD", "/personal_access_tokens", &Value::Null).await;
    assert_eq!((reply.status, reply.text.as_str(), reply.header("x-total")), (200, "", "0"));
}
