//! Which paths are answered here.

use narrowgate_api::{concerns_presented_token, serves};
use narrowgate_catalog::Catalog;
use serde_json::Value;

use crate::world::{World, legacy};

#[test]
fn every_path_of_tokens_in_the_catalogue_is_served() {
    for operation in Catalog::embedded().operations() {
        let template = operation.template.as_str();
        let is_of_tokens = template.starts_with("/personal_access_tokens")
            || matches!(template, "/user/personal_access_tokens" | "/users/:user_id/personal_access_tokens")
            || template.starts_with("/users/:user_id/impersonation_tokens")
            || ["/projects/:id/", "/groups/:id/"].iter().any(|start| {
                let rest = template.strip_prefix(start).unwrap_or_default();
                rest.starts_with("access_tokens")
                    || rest.starts_with("service_accounts/:user_id/personal_access_tokens")
                    // Refused here, since the instance would answer with a token of its own.
                    || (rest.starts_with("manage/") && rest.ends_with("/rotate"))
            });
        assert_eq!(serves(template), is_of_tokens, "{template}");
    }
}

#[test]
fn paths_about_the_presented_token_are_told() {
    let told: Vec<&str> = Catalog::embedded()
        .operations()
        .map(|operation| operation.template.as_str())
        .filter(|template| serves(template) && concerns_presented_token(template))
        .collect();
    assert!(told.contains(&"/personal_access_tokens/self"), "{told:?}");
    assert!(told.contains(&"/groups/:id/access_tokens/self/rotate"), "{told:?}");
    assert!(!told.contains(&"/personal_access_tokens/:id"), "{told:?}");
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
