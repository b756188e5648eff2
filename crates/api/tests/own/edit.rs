//! Editing grants: narrow freely, widen only by what the caller holds.

use narrowgate_store::tokens::{GrantAccess, Token};
use serde_json::{Value, json};

use crate::world::{Reply, World, grant, on_group, on_project};

async fn edit(world: &World, caller: &narrowgate_api::Caller, token: &Token, body: Value) -> Reply {
    world.call(caller, "PATCH", &format!("/tokens/{}", token.id), body).await
}

fn selected(project: u64, permissions: &[&str]) -> Value {
    json!([{ "access": "selected_memberships", "permissions": permissions, "project_ids": [project] }])
}

#[tokio::test]
async fn anybody_narrows_and_the_owner_signs_in_to_widen() {
    let world = World::new().await;
    let token = world.fine("maria", &[on_group(10, &["read_job", "push_code"])]).await;
    let itself = world.bearer(&token);
    let narrowed =
        edit(&world, &itself, &token, json!({ "granular_scopes": selected(20, &["read_job"]) })).await;
    let narrowed = narrowed.expect(200);
    assert_eq!(narrowed["granular_scopes"][0]["project_id"], 20);
    assert_eq!(narrowed["revision"], 1);
    // What it gave away it does not get back by itself.
    let now = world.bearer(&world.stored(&token).await);
    let wider = json!({ "granular_scopes": selected(20, &["read_job", "push_code"]) });
    let reply = edit(&world, &now, &token, wider.clone()).await;
    assert_eq!(reply.code(), (403, "escalation".to_owned()));
    assert_eq!(reply.json()["permissions"], json!(["push_code"]));
    // Neither through another token that does not hold all of it …
    let other = world.fine("maria", &[on_project(20, &["push_code"])]).await;
    assert_eq!(edit(&world, &world.bearer(&other), &token, wider.clone()).await.status, 403);
    // … but with one that does, and with the owner's own sign-in.
    let holder = world.fine("maria", &[grant(GrantAccess::AllMemberships, &["push_code", "read_job"])]).await;
    edit(&world, &world.bearer(&holder), &token, wider).await.expect(200);
    let all = json!({ "granular_scopes": selected(22, &["push_code"]) });
    edit(&world, &world.user("maria"), &token, all).await.expect(200);
    let events = world.get(&world.user("maria"), "/audit/events?action=token.updated").await.expect(200);
    assert_eq!(events["total"], 3);
}

#[tokio::test]
async fn conditions_are_narrowed_in_the_same_way() {
    let world = World::new().await;
    let token = world.fine("maria", &[on_project(20, &["read_job"])]).await;
    let itself = world.bearer(&token);
    let bound = json!({ "conditions": { "addresses": ["10.0.0.0/8"], "push_refs": ["refs/heads/*"] } });
    edit(&world, &itself, &token, bound).await.expect(200);
    let itself = world.bearer(&world.stored(&token).await);
    let looser = json!({ "conditions": { "push_refs": ["refs/heads/*"] } });
    assert_eq!(edit(&world, &itself, &token, looser.clone()).await.code(), (403, "escalation".to_owned()));
    edit(&world, &world.user("maria"), &token, looser).await.expect(200);
    for wrong in [
        json!({ "conditions": { "addresses": ["10.0.0.0/99"] } }),
        json!({ "conditions": { "push_refs": ["main"] } }),
        json!({ "conditions": { "not_before": "soon" } }),
        json!({ "granular_scopes": [] }),
        json!({ "granular_scopes": selected(20, &["read_jobs"]) }),
        json!({ "expires_at": "2030-01-01" }),
    ] {
        assert_eq!(edit(&world, &world.user("maria"), &token, wrong.clone()).await.status, 422, "{wrong}");
    }
}

#[tokio::test]
async fn what_cannot_be_edited() {
    let world = World::new().await;
    let (legacy, _) = world.plain_token("maria", |_| {}).await;
    let maria = world.user("maria");
    let body = json!({ "granular_scopes": selected(20, &["read_job"]) });
    assert_eq!(edit(&world, &maria, &legacy, body.clone()).await.status, 422);
    let token = world.fine("maria", &[on_project(20, &["read_job"])]).await;
    assert_eq!(edit(&world, &world.user("dev"), &token, body.clone()).await.status, 404);
    let stale = json!({ "revision": 7, "granular_scopes": selected(20, &["read_job"]) });
    assert_eq!(edit(&world, &maria, &token, stale).await.code(), (409, "conflict".to_owned()));
    assert_eq!(
        edit(&world, &maria, &token, json!({ "sudo": true })).await.code(),
        (403, "escalation".to_owned())
    );
    world.call(&maria, "POST", "/tokens/bulk_revoke", json!({ "ids": [token.id] })).await.expect(200);
    assert_eq!(edit(&world, &maria, &token, body).await.code(), (409, "conflict".to_owned()));
}
