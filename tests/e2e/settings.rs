//! What an operator can set, where it changes what clients see.

use std::time::Duration;

use narrowgate_store::tokens::TokenPrivileges;
use narrowgate_tests::grant::project;
use narrowgate_tests::world::WEB;
use narrowgate_tests::{GitClient, LoginBy, Stock, TestGate, certificate, raw, run, stock};
use serde_json::json;
use tokio::process::Command;

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
async fn the_gate_speaks_tls_itself() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (certificate, key) = certificate(folder.path());
    let mut text = String::new();
    let grants = vec![stock::on_project(WEB, &["read_work_item".to_owned(), "download_code".to_owned()])];
    let gate = TestGate::builder()
        .argument(&format!("--tls-cert={}", certificate.display()))
        .argument(&format!("--tls-key={}", key.display()))
        .start_with(async |folder| {
            text = Stock::open(folder).await.add("dev", TokenPrivileges::FineGrained(grants), None).await.1;
        })
        .await;
    assert!(gate.url().starts_with("https://"), "{}", gate.url());

    let config = format!(
        "header = \"PRIVATE-TOKEN: {text}\"\nurl = \"{}/api/v4/projects/20/issues?per_page=1\"",
        gate.url()
    );
    for (version, spoken) in [("--http1.1", "1.1"), ("--http2", "2")] {
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--noproxy",
            "*",
            "--max-time",
            "20",
            version,
            "--config",
            "-",
        ]);
        curl.arg("--cacert").arg(&certificate).args([
            "--output",
            "/dev/null",
            "--write-out",
            "%{http_version} %{http_code} %header{link}",
        ]);
        let finished = run(&mut curl, &config).await.assert_ok();
        assert!(finished.stdout.starts_with(&format!("{spoken} 200")), "{}", finished.stdout);
        assert!(finished.stdout.contains(&format!("<{}/api", gate.url())), "{}", finished.stdout);
    }

    let authority = certificate.to_str().expect("temporary folders have plain names");
    let git = GitClient::of(&gate.holder_of(&text), LoginBy::Helper).with("http.sslCAInfo", authority);
    git.clone(&format!("{}/acme/web.git", gate.url()), "web").await.assert_ok();
    // Plain HTTP on that port gets nothing.
    let plain = b"GET /api/v4/projects/20/issues HTTP/1.1\r\nHost: gate\r\n\r\n";
    let answer = raw::exchange(gate.address(), plain, Duration::from_secs(5)).await;
    assert_eq!(answer.status(), 0, "{}", answer.text());
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
