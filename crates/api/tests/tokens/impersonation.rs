//! Impersonation tokens.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::world::{Reply, Script, World, legacy};

const PATH: &str = "/users/2/impersonation_tokens";

async fn call(world: &World, user: &str, method: &str, path: &str) -> Reply {
    let body = json!({"name": "support", "scopes": ["api"], "expires_at": "2026-07-01"});
    let body = if method == "POST" { &body } else { &Value::Null };
    world.call(&world.user(user), method, path, body).await
}

#[tokio::test]
async fn a_whole_life() {
    let world = World::new().await;
    world.token("maria", legacy(&["api"])).await;
    let mut script = Script::default();
    script.note("create", &call(&world, "root", "POST", PATH).await.redacted());
    let granular = json!({"name": "y", "granular_scopes": [{"access": "selected_memberships", "permissions": ["read_job"], "project_ids": [20]}]});
    let reply = world.call(&world.user("root"), "POST", PATH, &granular).await;
    script.note("create a fine-grained one", &reply.redacted());
    script.note("list", &call(&world, "root", "GET", PATH).await);
    script.note("show", &call(&world, "root", "GET", &format!("{PATH}/3")).await);
    script.note("a personal token is none", &call(&world, "root", "GET", &format!("{PATH}/1")).await);
    script.note("revoke", &call(&world, "root", "DELETE", &format!("{PATH}/2")).await);
    script.note("active ones", &call(&world, "root", "GET", &format!("{PATH}?state=active")).await);
    script.note("inactive ones", &call(&world, "root", "GET", &format!("{PATH}?state=inactive")).await);
    assert_eq!(
        call(&world, "root", "GET", &format!("{PATH}?state=all")).await.json().as_array().unwrap().len(),
        2
    );
    assert_snapshot!(script);
}

#[tokio::test]
async fn refusals() {
    let world = World::new().await;
    call(&world, "root", "POST", PATH).await.redacted();
    let mut script = Script::default();
    for (title, user, method, path) in [
        ("for administrators only", "maria", "POST", PATH),
        ("even to look", "maria", "GET", PATH),
        ("a user without a connection", "root", "POST", "/users/5/impersonation_tokens"),
        ("no such token", "root", "DELETE", "/users/2/impersonation_tokens/77"),
        ("another user's", "root", "GET", "/users/3/impersonation_tokens/1"),
        ("hidden from the user's own list", "maria", "GET", "/personal_access_tokens"),
        ("and from the user", "maria", "GET", "/personal_access_tokens/1"),
        ("not among an administrator's list of personal ones", "root", "GET", "/personal_access_tokens"),
    ] {
        script.note(title, &call(&world, user, method, path).await);
    }
    let own = world.bearer(&world.stored(1).await);
    script.note("it knows itself", &world.get(&own, "/personal_access_tokens/self").await);
    assert_snapshot!(script);
}
