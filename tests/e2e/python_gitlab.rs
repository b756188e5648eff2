//! python-gitlab through the gate: tests/clients/python_gitlab.py and python_gitlab_tokens.py.

use narrowgate_tests::{TestGate, runtime};

use crate::gitbeaker::client_token;

#[tokio::test(flavor = "multi_thread")]
async fn python_gitlab_works_within_its_grant() {
    let gate = TestGate::start().await;
    let token = client_token(&gate).await;
    let finished = runtime::python(&gate, &token, "python_gitlab.py").await.assert_ok();
    assert!(finished.stdout.ends_with("done\n"), "{}", finished.output());
    assert!(!finished.output().contains(gate.instance()));
}

#[tokio::test(flavor = "multi_thread")]
async fn python_gitlab_makes_tokens_of_every_kind() {
    let gate = TestGate::start().await;
    let native = gate.root().native();
    let finished = runtime::python(&gate, &native, "python_gitlab_tokens.py").await.assert_ok();
    assert!(finished.stdout.ends_with("done\n"), "{}", finished.output());
}
