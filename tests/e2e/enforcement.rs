//! Fine-grained only: for a group, for the instance, and as a dry run.

use std::time::Duration;

use narrowgate_tests::grant::project;
use narrowgate_tests::world::WEB;
use narrowgate_tests::{GitClient, LoginBy, TestGate};
use serde_json::{Value, json};

async fn set(gate: &TestGate, scope: &str, policy: Value) {
    gate.root()
        .native()
        .own("PUT", &format!("/policies/{scope}"))
        .json(&policy)
        .send()
        .await
        .assert_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_may_take_fine_grained_tokens_only() {
    let gate = TestGate::start().await;
    let legacy = gate.maintainer().legacy(&["api", "read_repository"]).await;
    let fine = gate.maintainer().token(&[project(WEB, &["read_work_item", "download_code"])]).await;
    let git = GitClient::of(&legacy, LoginBy::Header);
    let web = format!("{}/acme/web.git", gate.url());
    legacy.get("/projects/20/issues").await.assert_ok();
    git.clone(&web, "before").await.assert_ok();

    set(&gate, "groups/acme", json!({"fine_grained_only_from": "2020-01-01"})).await;
    legacy.get("/projects/20/issues").await.assert_denied("read_work_item");
    legacy.get("/groups/10").await.assert_denied("read_group");
    legacy.get("/projects/22/issues").await.assert_denied("read_work_item");
    git.clone(&web, "after").await.assert_failed("403");
    fine.get("/projects/20/issues").await.assert_ok();
    // What lies elsewhere is as before.
    legacy.get("/projects/31").await.assert_ok();
    legacy.get("/user").await.assert_ok();

    set(&gate, "groups/10", json!({"fine_grained_only_from": "2999-01-01"})).await;
    legacy.get("/projects/20/issues").await.assert_ok();
    gate.root().native().own("DELETE", "/policies/groups/10").send().await.assert_status(204);
    legacy.get("/projects/20/issues").await.assert_ok();
    let policy = json!({"fine_grained_only_from": "2020-01-01"});
    gate.developer().native().own("PUT", "/policies/groups/10").json(&policy).send().await.assert_status(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_may_make_no_new_legacy_tokens() {
    let gate = TestGate::start().await;
    let native = gate.maintainer().native();
    let old = gate.maintainer().legacy(&["api"]).await;
    set(&gate, "instance", json!({"no_new_legacy": true})).await;
    let legacy = json!({"name": "x", "scopes": ["read_api"]});
    let refused = native.post("/user/personal_access_tokens", &legacy).await;
    assert_eq!(refused.status / 100, 4, "{}", refused.summary());
    for rotation in ["self", &old.id().to_string()] {
        let refused = old.post(&format!("/personal_access_tokens/{rotation}/rotate"), &json!({})).await;
        assert_eq!(refused.status / 100, 4, "{}", refused.summary());
    }
    let legacy = json!({"name": "x", "scopes": ["read_api"], "access_level": 30});
    let refused = native.post("/projects/20/access_tokens", &legacy).await;
    assert_eq!(refused.status / 100, 4, "{}", refused.summary());
    // What there is goes on working, and fine-grained ones are made.
    old.get("/projects/20/issues").await.assert_ok();
    gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lifetime_is_bounded_by_policy() {
    let gate = TestGate::start().await;
    let native = gate.maintainer().native();
    set(&gate, "instance", json!({"maximum_lifetime_days": 30, "default_lifetime_days": 7})).await;
    let grants = [project(WEB, &["read_work_item"])];
    let long = json!({"name": "x", "granular_scopes": grants, "expires_at": "2099-01-01"});
    native.post("/user/personal_access_tokens", &long).await.assert_status(400);
    let made =
        native.post("/user/personal_access_tokens", &json!({"name": "x", "granular_scopes": grants})).await;
    assert!(made.assert_status(201).json()["expires_at"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_only_records() {
    let gate = TestGate::start().await;
    let root = gate.root().native();
    let legacy = gate.developer().legacy(&["api"]).await;
    set(&gate, "groups/10", json!({"fine_grained_only_from": "2020-01-01", "dry_run": true})).await;
    for _ in 0..3 {
        legacy.get("/projects/20/issues").await.assert_ok();
    }
    legacy.get("/projects/32").await.assert_ok();
    let mut report = Value::Null;
    for _ in 0..50 {
        report = root.own("GET", "/policies/dry_run").send().await.assert_status(200).json();
        if report["requests"] == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(report["requests"], 3, "{report}");
    assert_eq!(report["rows"][0]["token_id"], legacy.id(), "{report}");
    assert_eq!(report["rows"][0]["permissions"], json!(["read_work_item"]), "{report}");
    gate.developer().native().own("GET", "/policies/dry_run").send().await.assert_status(403);
}
