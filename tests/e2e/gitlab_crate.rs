//! The `gitlab` crate through the gate: tests/clients/rust.

use narrowgate_tests::{TestGate, runtime, world};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_gitlab_crate_makes_tokens_of_every_kind() {
    let gate = TestGate::start().await;
    let maria = gate.maintainer().native();
    let wish = json!({"job_id": 1, "user_id": world::DEV});
    let job = maria.own("POST", "/projects/20/job_tokens").json(&wish).send().await.assert_status(201);
    let root = gate.root().legacy(&["api", "sudo"]).await;
    let finished = runtime::rust(&gate, &root, &gate.holder_of_new(&job)).await.assert_ok();
    assert!(finished.stdout.ends_with("done\n"), "{}", finished.output());
    assert!(!finished.output().contains(gate.instance()));
}
