//! Tokens of service accounts.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::world::{Reply, Script, World};

const PATH: &str = "/groups/10/service_accounts/70/personal_access_tokens";

/// Accounts 70 (connected) and 71 of acme; 72 of acme/web, known from a list only.
async fn world() -> World {
    let mut world = World::new().await;
    world.join("deployer", 70).await;
    world.join("builder", 72).await;
    let mut answers = world.containers.answers.lock().unwrap();
    for id in [70, 71] {
        answers.insert(format!("/groups/10/service_accounts/{id}"), json!({"id": id}));
    }
    answers.insert("/projects/20/service_accounts?page=1&per_page=100".to_owned(), json!([{"id": 72}]));
    drop(answers);
    world
}

async fn call(world: &World, user: &str, method: &str, path: &str) -> Reply {
    let body = json!({"name": "nightly", "scopes": ["read_api"]});
    let body = if method == "POST" && !path.ends_with("rotate") { &body } else { &Value::Null };
    world.call(&world.user(user), method, path, body).await
}

#[tokio::test]
async fn a_whole_life() {
    let world = world().await;
    let mut script = Script::default();
    script.note("create", &call(&world, "olga", "POST", PATH).await.redacted());
    script.note("list", &call(&world, "olga", "GET", PATH).await);
    script.note("rotate", &call(&world, "olga", "POST", &format!("{PATH}/1/rotate")).await.redacted());
    script.note("revoke", &call(&world, "olga", "DELETE", &format!("{PATH}/2")).await);
    let project = "/projects/acme%2Fweb/service_accounts/72/personal_access_tokens";
    script.note("of a project", &call(&world, "maria", "POST", project).await.redacted());
    assert_snapshot!(script);
}

#[tokio::test]
async fn refusals() {
    let world = world().await;
    call(&world, "olga", "POST", PATH).await.redacted();
    let mut script = Script::default();
    for (title, user, method, path) in [
        ("a maintainer does not manage a group's", "maria", "POST", PATH),
        ("no such account", "olga", "POST", "/groups/10/service_accounts/73/personal_access_tokens"),
        (
            "an account of another place",
            "olga",
            "GET",
            "/groups/10/service_accounts/72/personal_access_tokens",
        ),
        ("a user that is none", "olga", "POST", "/groups/10/service_accounts/2/personal_access_tokens"),
        (
            "an account without a connection",
            "olga",
            "POST",
            "/groups/10/service_accounts/71/personal_access_tokens",
        ),
        ("no such token", "olga", "DELETE", "/groups/10/service_accounts/70/personal_access_tokens/77"),
        (
            "no such token, to an administrator",
            "root",
            "DELETE",
            "/groups/10/service_accounts/70/personal_access_tokens/77",
        ),
    ] {
        script.note(title, &call(&world, user, method, path).await);
    }
    assert_snapshot!(script);
}
