//! Tokens by what they reach: lists, reach, edits, bulk revocation.

use std::collections::BTreeSet;

use narrowgate_tests::grant::{group, memberships, project, user};
use narrowgate_tests::world::{ACME, API, PLATFORM, WEB};
use narrowgate_tests::{Bearer, TestGate};
use serde_json::{Value, json};

async fn listed(bearer: &Bearer, query: &str) -> BTreeSet<u64> {
    let list =
        bearer.own("GET", &format!("/tokens?state=active&{query}")).send().await.assert_status(200).json();
    let tokens = list["tokens"].as_array().expect("a list");
    tokens.iter().map(|token| token["id"].as_u64().expect("an id")).collect()
}

fn ids(tokens: &[&Bearer]) -> BTreeSet<u64> {
    tokens.iter().map(|token| token.id()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn which_tokens_can_push_to_a_project() {
    let gate = TestGate::start().await;
    let (maria, dev, gus) = (gate.maintainer(), gate.developer(), gate.guest());
    let push: &[&str] = &["push_code"];
    let on_web = dev.token(&[project(WEB, push)]).await;
    let on_acme = maria.token(&[group(ACME, push)]).await;
    let everywhere = maria.token(&[project(WEB, &["read_job"]), memberships(push)]).await;
    let legacy = dev.legacy(&["write_repository"]).await;
    let bot = json!({"name": "bot", "access_level": 30, "granular_scopes": [
        {"access": "selected_memberships", "permissions": push}]});
    let bot = maria.native().post("/projects/20/access_tokens", &bot).await.assert_status(201);
    let bot = gate.holder_of_new(&bot);
    // None of these can.
    dev.token(&[project(API, push)]).await;
    dev.token(&[project(WEB, &["read_job"])]).await;
    maria.token(&[group(PLATFORM, push)]).await;
    maria.token(&[user(&["read_user"])]).await;
    gus.token(&[project(WEB, push)]).await;
    dev.legacy(&["read_repository"]).await;
    let dead = dev.token(&[project(WEB, push)]).await;
    dev.native().delete(&format!("/personal_access_tokens/{}", dead.id())).await.assert_status(204);

    let root = gate.root().native();
    let all = ids(&[&on_web, &on_acme, &everywhere, &legacy, &bot]);
    assert_eq!(listed(&root, "permission=push_code&project=acme%2Fweb").await, all);
    assert_eq!(listed(&root, "permission=push_code&project=20&limit=200").await, all);
    assert_eq!(listed(&dev.native(), "permission=push_code&project=20").await, ids(&[&on_web, &legacy]));
    let one_page =
        root.own("GET", "/tokens?state=active&permission=push_code&project=20&limit=2").send().await.json();
    assert_eq!(one_page["tokens"].as_array().map(Vec::len), Some(2), "{one_page}");
    let cursor = one_page["next"].as_str().expect("there is more");
    let rest = listed(&root, &format!("permission=push_code&project=20&limit=200&cursor={cursor}")).await;
    assert_eq!(rest.len(), 3, "{rest:?}");
    assert!(!root.own("GET", "/tokens").send().await.text().contains("ngpat-"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reach_names_places_and_what_has_an_effect() {
    let gate = TestGate::start().await;
    let dev = gate.developer();
    let token = dev.token(&[project(WEB, &["read_job", "delete_project"]), user(&["read_user"])]).await;
    let path = format!("/tokens/{}/reach", token.id());
    let reach = dev.native().own("GET", &path).send().await.assert_status(200).json();
    let on_web = &reach["grants"][0]["places"][0];
    assert_eq!((&on_web["full_path"], &on_web["access_level"]), (&json!("acme/web"), &json!(30)), "{reach}");
    assert_eq!(on_web["effective"], json!(["read_job"]), "a Developer deletes no project: {reach}");
    assert_eq!(reach["grants"][1]["places"][0]["type"], "user", "{reach}");
    let wide = gate.maintainer().token(&[group(ACME, &["read_job"])]).await;
    let path = format!("/tokens/{}/reach", wide.id());
    let reach = gate.maintainer().native().own("GET", &path).send().await.assert_status(200).text();
    for place in ["acme/web", "acme/api", "acme/platform/infra"] {
        assert!(reach.contains(place), "{place} not in {reach}");
    }
    dev.native().own("GET", &path).send().await.assert_status(404);
}

async fn edit(editor: &Bearer, token: &Bearer, body: Value) -> narrowgate_tests::Reply {
    editor.own("PATCH", &format!("/tokens/{}", token.id())).json(&body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_takes_effect_at_once() {
    let gate = TestGate::start().await;
    let native = gate.maintainer().native();
    let token = gate.maintainer().token(&[project(WEB, &["read_work_item"]), user(&["update_token"])]).await;
    token.get("/projects/20/issues").await.assert_ok();
    token.get("/projects/20/jobs").await.assert_denied("read_job");
    let grants = |permissions: &[&str]| json!({"granular_scopes": [project(WEB, permissions), user(&["update_token"])]});
    for _ in 0..3 {
        edit(&native, &token, grants(&["read_job"])).await.assert_status(200);
        token.get("/projects/20/jobs").await.assert_ok();
        token.get("/projects/20/issues").await.assert_denied("read_work_item");
        edit(&native, &token, grants(&["read_work_item"])).await.assert_status(200);
        token.get("/projects/20/jobs").await.assert_denied("read_job");
        token.get("/projects/20/issues").await.assert_ok();
    }
    // It narrows itself, and never widens itself.
    edit(&token, &token, grants(&["read_work_item", "read_job"])).await.assert_status(403);
    edit(&token, &token, json!({"granular_scopes": [project(WEB, &["read_work_item"])]}))
        .await
        .assert_status(200);
    edit(&token, &token, grants(&["read_work_item"])).await.assert_status(403);
    token.get("/projects/20/issues").await.assert_ok();

    edit(&native, &token, json!({"revision": 0, "sudo": false})).await.assert_status(409);
    edit(&gate.developer().native(), &token, grants(&["read_job"])).await.assert_status(404);
    let legacy = gate.maintainer().legacy(&["api"]).await;
    edit(&native, &legacy, grants(&["read_job"])).await.assert_status(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tokens_are_revoked_at_once() {
    let gate = TestGate::start().await;
    let dev = gate.developer();
    let pushing = [
        dev.token(&[project(WEB, &["push_code", "read_work_item"])]).await,
        dev.token(&[memberships(&["push_code", "read_work_item"])]).await,
    ];
    let reading = dev.token(&[project(WEB, &["read_work_item"])]).await;
    let others = gate.maintainer().token(&[project(WEB, &["push_code", "read_work_item"])]).await;
    let native = dev.native();
    let revoke =
        async |by: &Bearer, body: Value| by.own("POST", "/tokens/bulk_revoke").json(&body).send().await;
    revoke(&native, json!({})).await.assert_status(422);
    revoke(&native, json!({"ids": []})).await.assert_status(422);
    let tried =
        revoke(&native, json!({"permission": "push_code", "dry_run": true})).await.assert_status(200).json();
    assert_eq!(tried, json!({"revoked": [], "count": 2}));
    pushing[0].get("/projects/20/issues").await.assert_ok();
    let done = revoke(&native, json!({"permission": "push_code"})).await.assert_status(200).json();
    assert_eq!(done["count"], 2, "{done}");
    for token in &pushing {
        token.get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");
    }
    reading.get("/projects/20/issues").await.assert_ok();
    others.get("/projects/20/issues").await.assert_ok();
    // Others' tokens are nobody's but the administrator's.
    revoke(&native, json!({"ids": [others.id()]})).await;
    others.get("/projects/20/issues").await.assert_ok();
    let done =
        revoke(&gate.root().native(), json!({"permission": "push_code"})).await.assert_status(200).json();
    assert_eq!(done["revoked"], json!([others.id()]), "{done}");
    others.get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");
}
