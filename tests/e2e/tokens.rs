//! The life of a personal token over GitLab's paths.

use std::time::Duration;

use narrowgate_store::TokenId;
use narrowgate_store::tokens::TokenPrivileges;
use narrowgate_tests::grant::{project, user};
use narrowgate_tests::world::{ACME, API, INFRA, VAULT, WEB};
use narrowgate_tests::{Bearer, Stock, TestGate, grant, stock};
use serde_json::{Value, json};

const MANAGE: [&str; 4] = [
    "create_personal_access_token",
    "read_personal_access_token",
    "rotate_personal_access_token",
    "revoke_personal_access_token",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_dead_at_once() {
    let gate = TestGate::start().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    token.get("/projects/20/issues").await.assert_ok();
    let maria = gate.maintainer().native();
    maria.delete(&format!("/personal_access_tokens/{}", token.id())).await.assert_status(204);
    token.get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");
    token.get("/projects/20/jobs").await.assert_status(401).assert_reason("revoked");

    let itself = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    itself.delete("/personal_access_tokens/self").await.assert_status(204);
    itself.get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_token_gives_its_grants_to_its_successor() {
    let gate = TestGate::start().await;
    let old = gate.maintainer().token(&[project(WEB, &["read_work_item"]), user(&MANAGE)]).await;
    let reply = old.post("/personal_access_tokens/self/rotate", &json!({})).await.assert_status(200).json();
    assert_ne!(reply["id"], old.id());
    let new = gate.holder_of(reply["token"].as_str().expect("a rotated token is shown once"));
    new.get("/projects/20/issues").await.assert_ok();
    new.get("/projects/21/issues").await.assert_denied("read_work_item");
    old.get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");

    // Whoever rotates a revoked token has found an old one: the whole family dies.
    let maria = gate.maintainer().native();
    let again = maria.post(&format!("/personal_access_tokens/{}/rotate", old.id()), &json!({})).await;
    assert!((400..500).contains(&again.status), "{}", again.summary());
    new.get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_listed_without_their_text() {
    let gate = TestGate::start().await;
    let token = gate
        .maintainer()
        .token(&[project(WEB, &["read_work_item"]), user(&["read_personal_access_token"])])
        .await;
    let other = gate.developer().token(&[user(&["read_personal_access_token"])]).await;

    let own = token.get("/personal_access_tokens/self").await.assert_ok().json();
    assert_eq!(own["id"], token.id());
    assert_eq!(own["granular"], true);
    assert_eq!(own["scopes"], json!(["granular"]));
    assert_eq!(own["user_id"], 2);
    assert!(own.get("token").is_none(), "{own}");

    let list = token.get("/personal_access_tokens").await.assert_ok();
    assert!(!list.text().contains(token.text()));
    let ids: Vec<_> =
        list.json().as_array().expect("a list").iter().map(|entry| entry["id"].clone()).collect();
    assert!(ids.contains(&json!(token.id())) && !ids.contains(&json!(other.id())), "{ids:?}");
    token.get(&format!("/personal_access_tokens/{}", other.id())).await.assert_status(401);
    token.delete(&format!("/personal_access_tokens/{}", other.id())).await.assert_status(403);
    other.get("/personal_access_tokens/self").await.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_makes_no_greater_token() {
    let gate = TestGate::start().await;
    let maker =
        gate.maintainer().token(&[project(WEB, &["read_work_item", "read_job"]), user(&MANAGE)]).await;
    create(&maker, &[project(WEB, &["read_work_item"])]).await.assert_status(201);
    for wider in [
        project(WEB, &["create_work_item"]),
        project(API, &["read_work_item"]),
        project(INFRA, &["read_work_item"]),
        grant::group(ACME, &["read_work_item"]),
        grant::memberships(&["read_work_item"]),
        user(&["read_user"]),
        grant::instance(&["read_work_item"]),
    ] {
        let reply = create(&maker, std::slice::from_ref(&wider)).await.assert_status(403);
        assert!(reply.text().contains("equal or lesser permissions"), "{wider}: {}", reply.summary());
    }
    let legacy = maker.post("/user/personal_access_tokens", &json!({"name": "x", "scopes": ["api"]})).await;
    assert!((400..500).contains(&legacy.status), "{}", legacy.summary());
    // Without the permission to create tokens, none at all.
    let reader = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    create(&reader, &[project(WEB, &["read_work_item"])]).await.assert_denied("create_personal_access_token");
}

async fn create(bearer: &Bearer, grants: &[Value]) -> narrowgate_tests::Reply {
    bearer.post("/user/personal_access_tokens", &json!({"name": "made", "granular_scopes": grants})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_owner_may_not_see_can_not_be_granted() {
    let gate = TestGate::start().await;
    let native = gate.maintainer().native();
    create(&native, &[project(VAULT, &["read_work_item"])]).await.assert_status(404);
    create(&native, &[]).await.assert_status(400);
    create(&native, &[project(WEB, &["no_such_permission"])]).await.assert_status(400);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_outlive_the_gate() {
    let mut gate = TestGate::start().await;
    let kept = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    let dead = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    let native = gate.maintainer().native();
    native.delete(&format!("/personal_access_tokens/{}", dead.id())).await.assert_status(204);
    gate.restart().await;
    gate.holder_of(kept.text()).get("/projects/20/issues").await.assert_ok();
    gate.holder_of(dead.text()).get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_revokes_within_a_second() {
    let gate = TestGate::start().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    token.get("/projects/20/issues").await.assert_ok();
    Stock::open(gate.folder()).await.revoke(TokenId(token.id().cast_signed())).await;
    // The default `max_staleness`, and some time for a busy machine.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    token.get("/projects/20/issues").await.assert_status(401).assert_reason("revoked");

    let (_, text) = Stock::open(gate.folder()).await.add("dev", reads_issues(), None).await;
    gate.holder_of(&text).get("/projects/20/issues").await.assert_ok();
}

fn reads_issues() -> TokenPrivileges {
    TokenPrivileges::FineGrained(vec![stock::on_project(WEB, &["read_work_item".to_owned()])])
}

#[tokio::test(flavor = "multi_thread")]
async fn token_requests_stay_with_the_gate() {
    let gate = TestGate::start().await;
    let token = gate.maintainer().token(&[user(&MANAGE)]).await;
    token.get("/personal_access_tokens").await.assert_ok();
    token.get("/personal_access_tokens/self").await.assert_ok();
    token.post("/personal_access_tokens/self/rotate", &json!({})).await.assert_ok();
    let seen = gate.sandbox().requests();
    let foreign = seen
        .iter()
        .filter(|seen| seen.method != "GET" && seen.path.contains("personal_access_tokens"))
        .count();
    assert_eq!(foreign, 0, "the instance never hears of Narrowgate's tokens");
    assert!(seen.iter().all(|seen| seen.credentials.iter().all(|credential| credential.owner.is_some())));
}
