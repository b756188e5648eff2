//! Settings of the owner's own namespace take a grant on the user; those of any other aren't the user's.

use narrowgate_tests::TestGate;
use narrowgate_tests::grant::user;
use serde_json::json;

use super::{mutations_seen, sandbox};

#[tokio::test(flavor = "multi_thread")]
async fn a_namespace_is_the_users_if_it_is_the_own_one() {
    let gate = TestGate::builder().sandbox(sandbox().await).start().await;
    let token = gate.maintainer().token(&[user(&["update_package_setting"])]).await;
    let document =
        "mutation($path: ID!) { updateNamespacePackageSettings(input: {namespacePath: $path}) { errors } }";
    for path in ["dev", "Maria", "maria/", "acme", "acme/web", "maria/home", "nobody", "2", ""] {
        let reply = token.graphql(document, json!({"path": path})).await.assert_status(200);
        assert!(reply.json()["data"]["updateNamespacePackageSettings"].is_null(), "{path:?}");
    }
    assert_eq!(mutations_seen(&gate), Vec::<String>::new());
    token.graphql(document, json!({"path": "maria"})).await.assert_status(200);
    assert_eq!(mutations_seen(&gate), ["updateNamespacePackageSettings"]);
}
