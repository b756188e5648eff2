//! `@gitbeaker/rest` through the gate: tests/clients/gitbeaker.mjs and gitbeaker_tokens.mjs.

use narrowgate_tests::grant::{project, user};
use narrowgate_tests::{Bearer, TestGate, runtime, world};

/// What the scripts of tests/clients work with: most of acme/web, and the care of tokens.
pub(crate) async fn client_token(gate: &TestGate) -> Bearer {
    let web = [
        "read_project",
        "read_work_item",
        "create_work_item",
        "update_work_item",
        "read_branch",
        "create_branch",
        "read_repository",
        "create_repository",
        "read_merge_request",
        "create_merge_request",
        "update_merge_request",
    ];
    let tokens = [
        "create_personal_access_token",
        "read_personal_access_token",
        "rotate_personal_access_token",
        "revoke_personal_access_token",
    ];
    gate.maintainer().token(&[project(world::WEB, &web), user(&tokens)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn gitbeaker_works_within_its_grant() {
    let gate = TestGate::start().await;
    let token = client_token(&gate).await;
    let finished = runtime::node(&gate, &token, "gitbeaker.mjs").await.assert_ok();
    assert!(finished.stdout.ends_with("done\n"), "{}", finished.output());
    assert!(!finished.output().contains(gate.instance()));
}

#[tokio::test(flavor = "multi_thread")]
async fn gitbeaker_makes_tokens_of_every_kind() {
    let gate = TestGate::start().await;
    let native = gate.root().native();
    let finished = runtime::node(&gate, &native, "gitbeaker_tokens.mjs").await.assert_ok();
    assert!(finished.stdout.ends_with("done\n"), "{}", finished.output());
}
