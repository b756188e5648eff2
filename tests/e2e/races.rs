//! What happens at the same time: rotations of one token, a revocation during a download.

use std::time::Duration;

use narrowgate_tests::grant::{project, user};
use narrowgate_tests::world::WEB;
use narrowgate_tests::{Bearer, Fault, FaultyInstance, Reply, TestGate, start_sandbox};
use serde_json::json;
use tokio::task::JoinSet;

async fn rotating(gate: &TestGate) -> Bearer {
    let own = user(&["rotate_personal_access_token", "read_personal_access_token"]);
    gate.maintainer().token(&[project(WEB, &["read_work_item"]), own]).await
}

/// A hundred rotations of one token at once, each over a connection of its own.
async fn rotate(by: &Bearer, path: &str) -> Vec<Reply> {
    let mut rotations = JoinSet::new();
    for _ in 0..100 {
        let (by, path) = (by.clone(), path.to_owned());
        rotations.spawn(async move { by.post(&path, &json!({})).await });
    }
    rotations.join_all().await
}

/// One rotation wins. Those that come after it use a revoked token, which ends the family: the winner's token, too.
async fn assert_one_winner(gate: &TestGate, old: &Bearer, replies: Vec<Reply>) {
    let (won, lost): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 200);
    assert_eq!(won.len(), 1, "{:?}", won.iter().map(Reply::summary).collect::<Vec<_>>());
    for reply in &lost {
        assert!((400..500).contains(&reply.status) && reply.status != 429, "{}", reply.summary());
    }
    let winner = gate.holder_of_new(&won[0]);
    for dead in [old, &winner] {
        dead.get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");
    }
    let native = gate.maintainer().native();
    let listed = native.get("/personal_access_tokens?state=active&per_page=100").await.assert_ok().json();
    assert_eq!(listed, json!([]), "nothing of the family is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_rotations_by_itself_one_wins() {
    let gate = TestGate::start().await;
    let token = rotating(&gate).await;
    let replies = rotate(&token, "/personal_access_tokens/self/rotate").await;
    assert_one_winner(&gate, &token, replies).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_rotations_by_its_owner_one_wins() {
    let gate = TestGate::start().await;
    let token = rotating(&gate).await;
    let native = gate.maintainer().native();
    let replies = rotate(&native, &format!("/personal_access_tokens/{}/rotate", token.id())).await;
    assert_one_winner(&gate, &token, replies).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_during_a_download_ends_new_requests() {
    let sandbox = start_sandbox().await;
    let instance = FaultyInstance::before(sandbox.base_url()).await;
    let gate = TestGate::builder().sandbox(sandbox).instance(&instance.url()).start().await;
    let token = rotating(&gate).await;
    let archive = "/projects/20/repository/archive";
    instance.break_only("/repository/archive", Fault::StallBody);
    let reader = gate.maintainer().token(&[project(WEB, &["read_repository", "read_work_item"])]).await;
    let download = tokio::spawn({
        let reader = reader.clone();
        async move { reader.call("GET", archive).try_send().await }
    });
    while instance.arrived("/repository/archive") == 0 {
        assert!(!download.is_finished(), "the archive is not asked for");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    reader.get("/projects/20/issues").await.assert_ok();
    let native = gate.maintainer().native();
    native.delete(&format!("/personal_access_tokens/{}", reader.id())).await.assert_status(204);
    // The download still waits for its second half.
    assert!(!download.is_finished());
    reader.get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");
    reader.get(archive).await.assert_status(401).assert_reason("revoked");
    token.get("/projects/20/issues").await.assert_ok();
    download.abort();
}
