//! schemathesis on Narrowgate's own API: no server error, no status and no body that the OpenAPI document doesn't name.

use narrowgate_tests::{TestGate, runtime};

#[tokio::test(flavor = "multi_thread")]
async fn the_document_and_the_answers_agree() {
    let gate = TestGate::start().await;
    for person in [gate.root(), gate.developer()] {
        let finished =
            runtime::schemathesis(&gate, &person.native(), "/api/narrowgate/v1/openapi.json").await;
        assert!(finished.succeeded(), "{}", finished.output());
    }
}
