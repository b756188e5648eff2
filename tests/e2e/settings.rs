//! What an operator can set, where it changes what clients see.

use narrowgate_tests::TestGate;
use narrowgate_tests::grant::project;
use narrowgate_tests::world::WEB;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn links_use_the_public_url() {
    let public = "https://git.example.com/gate";
    let gate = TestGate::builder().argument(&format!("--public-url={public}")).start().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_work_item", "download_code"])]).await;
    let link = token.get("/projects/20/issues?per_page=1").await.assert_ok().header("link").to_owned();
    assert!(link.contains(&format!("<{public}/api/v4/projects/20/issues?")), "{link}");
    assert!(!link.contains(gate.instance()), "{link}");
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_tokens_may_be_left_to_the_instance() {
    let gate = TestGate::builder().argument("--foreign-tokens=forward").start().await;
    let native = gate.developer().native();
    native.call("GET", "/projects/20/jobs").header("x-foreign", "1").send().await.assert_ok();
    let seen = gate.seen_with("x-foreign");
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].user.as_deref(), Some("dev"));
    // The instance judges it, and no connection lends it anything.
    gate.holder_of("glpat-abcdefghijklmnopqrst").get("/projects/20/jobs").await.assert_status(401);
    native.get("/projects/34").await.assert_status(404);
    native.get("/projects/20/../34").await.assert_status(400);
    // What claims to be Narrowgate's is still judged here.
    gate.holder_of("ngpat-nothing")
        .call("GET", "/user")
        .header("x-ours", "1")
        .send()
        .await
        .assert_status(401);
    assert_eq!(gate.seen_with("x-ours"), []);
    let token = gate.developer().token(&[project(WEB, &["read_work_item"])]).await;
    token.get("/projects/20/jobs").await.assert_denied("read_job");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lives_no_longer_than_the_operator_allows() {
    let gate = TestGate::builder()
        .argument("--default-lifetime-days=7")
        .argument("--max-lifetime-days=30")
        .start()
        .await;
    let native = gate.maintainer().native();
    let grants = [project(WEB, &["read_work_item"])];
    let body = json!({"name": "x", "granular_scopes": grants, "expires_at": "2099-01-01"});
    native.post("/user/personal_access_tokens", &body).await.assert_status(400);
    let made =
        native.post("/user/personal_access_tokens", &json!({"name": "x", "granular_scopes": grants})).await;
    assert!(made.assert_status(201).json()["expires_at"].is_string());
}
