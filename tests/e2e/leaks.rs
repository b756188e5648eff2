//! Leaked tokens: found in a repository, reported by scanners.

use std::time::Duration;

use narrowgate_tests::grant::project;
use narrowgate_tests::world::WEB;
use narrowgate_tests::{GitClient, TestGate};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_revokes_what_a_repository_leaks() {
    let gate = TestGate::start().await;
    let leaked = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    let removed = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    let safe = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    let git = GitClient::anonymous();
    git.home(&["init", "--quiet", "leaky"]).await.assert_ok();
    git.commit("leaky", "old.yml", format!("token: {}\n", removed.text()).as_bytes()).await;
    git.commit("leaky", "old.yml", b"token: moved to the vault\n").await;
    git.commit("leaky", "deploy.sh", format!("curl -H 'PRIVATE-TOKEN: {}'\n", leaked.text()).as_bytes())
        .await;
    let folder = git.path("leaky");
    let folder = folder.to_str().expect("temporary folders have plain names");
    let found = gate.narrowgate(&["scan", folder, "--history", "--revoke"]).await;
    assert_eq!(found.code, 2, "{}", found.output());
    assert!(found.stdout.contains("deploy.sh") && found.stdout.contains("old.yml"), "{}", found.stdout);
    for token in [&leaked, &removed] {
        assert!(!found.output().contains(token.text()));
    }
    // The default `max_staleness`, and some time for a busy machine.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    for token in [&leaked, &removed] {
        token.get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");
    }
    safe.get("/projects/20/issues").await.assert_ok();
    let told = gate.narrowgate(&["audit", "list", "--action", "token.leaked"]).await.assert_ok();
    assert_eq!(told.stdout.lines().count(), 2, "{}", told.stdout);
    let again = gate.narrowgate(&["scan", folder, "--history", "--revoke"]).await;
    assert!(!again.stdout.contains("revoked now"), "{}", again.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn scanners_report_and_tokens_die() {
    let gate = TestGate::start().await;
    let (one, two) = (
        gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await,
        gate.developer().token(&[project(WEB, &["read_work_item"])]).await,
    );
    let safe = gate.developer().token(&[project(WEB, &["read_work_item"])]).await;
    let report = json!([
        {"token": one.text(), "type": "narrowgate_token", "url": "https://example.com/a", "source": "content"},
        {"type": "narrowgate_token", "token": two.text(), "location": "https://example.com/b"},
        {"token": "glpat-abcdefghijklmnopqrst", "type": "gitlab_token", "url": null},
        {"token": "ngpat-0A1b2C3d4E5f6G7h8I9j0K1l2M32zyZyc", "type": "narrowgate_token"},
        {"token": "nothing", "type": "narrowgate_token"},
    ]);
    let reply = gate.nobody().own("POST", "/leaks").json(&report).send().await.assert_status(200);
    assert!(!reply.text().contains(one.text()) && !reply.text().contains(two.text()));
    let answers = reply.json();
    let outcomes: Vec<_> =
        answers.as_array().expect("a list").iter().map(|answer| &answer["outcome"]).collect();
    assert_eq!(outcomes, ["revoked", "revoked", "native", "unknown", "unknown"]);
    for token in [&one, &two] {
        token.get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");
    }
    safe.get("/projects/20/issues").await.assert_ok();
    let again = gate.nobody().own("POST", "/leaks").json(&json!([{"token": one.text()}])).send().await.json();
    assert_eq!(again[0]["outcome"], "inactive", "{again}");
    let wrong = gate.nobody().own("POST", "/leaks").json(&json!({"token": 7})).send().await;
    assert_eq!(wrong.status / 100, 4, "{}", wrong.summary());
}
