//! `POST /users/:user_id/personal_access_tokens`

use insta::assert_snapshot;
use narrowgate_store::tokens::GrantAccess;
use serde_json::{Value, json};

use crate::world::{INSTANCE, Reply, World, fine, grant, legacy};

async fn post(world: &World, user: &str, path: &str) -> Reply {
    world.call(&world.user(user), "POST", path, &json!({"name": "x", "scopes": ["read_api"]})).await
}

#[tokio::test]
async fn administrators_make_tokens_for_others_and_themselves() {
    let world = World::new().await;
    for user in [2, 1] {
        let reply = post(&world, "root", &format!("/users/{user}/personal_access_tokens")).await;
        assert_eq!((reply.status, &reply.json()["user_id"]), (201, &json!(user)));
    }
}

#[tokio::test]
async fn nobody_else_does() {
    let world = World::new().await;
    assert_snapshot!(post(&world, "maria", "/users/3/personal_access_tokens").await, @r#"
    403
    {"message":"403 Forbidden"}
    "#);
    assert_eq!(post(&world, "maria", "/users/2/personal_access_tokens").await.status, 403);
}

#[tokio::test]
async fn users_without_a_connection_are_unknown() {
    let world = World::new().await;
    assert_snapshot!(post(&world, "root", "/users/5/personal_access_tokens").await, @r#"
    404
    {"message":"404 User Not Found","narrowgate":{"reason":"not_connected","hint":"A token acts through a connection: make one with `narrowgate connect`.","request_id":"req-1"}}
    "#);
    world.connect("https://other.example.com", 5, "ghost", false).await;
    assert_eq!(post(&world, "root", "/users/5/personal_access_tokens").await.status, 404, "another instance");
    assert_ne!(INSTANCE, "https://other.example.com");
    assert_snapshot!(post(&world, "root", "/users/me/personal_access_tokens").await, @r#"
    400
    {"error":"user_id is invalid"}
    "#);
}

#[tokio::test]
async fn memberships_are_the_owners() {
    let world = World::new().await;
    let with = async |user: u64, project: u64| {
        let grant =
            json!({"access": "selected_memberships", "permissions": ["read_job"], "project_ids": [project]});
        let body = json!({"name": "x", "granular_scopes": [grant]});
        world
            .call(&world.user("root"), "POST", &format!("/users/{user}/personal_access_tokens"), &body)
            .await
            .status
    };
    assert_eq!(with(2, 20).await, 201, "maria is a member, root is not");
    assert_eq!(with(4, 22).await, 404, "gus is no member");
}

#[tokio::test]
async fn grants_that_speak_of_mine_are_not_handed_to_others() {
    let world = World::new().await;
    let maker = fine(&[
        grant(GrantAccess::AllMemberships, &["read_job"]),
        grant(GrantAccess::User, &["read_user"]),
        grant(GrantAccess::Instance, &["read_user", "create_personal_access_token"]),
    ]);
    let maker = world.bearer(&world.token("root", maker).await);
    let with = async |access: &str, permission: &str| {
        let grant: Value = json!({"access": access, "permissions": [permission]});
        let body = json!({"name": "x", "granular_scopes": [grant]});
        world.call(&maker, "POST", "/users/2/personal_access_tokens", &body).await.status
    };
    assert_eq!(with("all_memberships", "read_job").await, 403);
    assert_eq!(with("user", "read_user").await, 403);
    assert_eq!(with("instance", "read_user").await, 201);
}

#[tokio::test]
async fn scopes_of_administrators_are_for_administrators() {
    let world = World::new().await;
    let maker = world.bearer(&world.token("root", legacy(&["api", "sudo"])).await);
    let body = json!({"name": "x", "scopes": ["sudo"]});
    let status = async |user: u64| {
        world.call(&maker, "POST", &format!("/users/{user}/personal_access_tokens"), &body).await.status
    };
    assert_eq!((status(1).await, status(2).await), (201, 400));
}
