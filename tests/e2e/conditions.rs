//! What GitLab's tokens lack: refs that a token may push to, addresses that it may be used from, a first day.

use std::time::Duration;

use narrowgate_store::time::{Clock, SystemClock};
use narrowgate_tests::grant::project;
use narrowgate_tests::world::WEB;
use narrowgate_tests::{Bearer, GitClient, LoginBy, Person, TestGate};
use serde_json::{Value, json};

/// Sets the token's conditions, by its owner's own GitLab token.
async fn demand(owner: &Person<'_>, token: &Bearer, conditions: Value) {
    let path = format!("/tokens/{}", token.id());
    let body = json!({ "conditions": conditions });
    owner.native().own("PATCH", &path).json(&body).send().await.assert_status(200);
}

/// A clone of acme/web with a commit, by a token that may push to feature branches and release tags.
async fn clone(gate: &TestGate) -> GitClient {
    let maria = gate.maintainer();
    let token = maria.token(&[project(WEB, &["download_code", "push_code"])]).await;
    demand(&maria, &token, json!({"push_refs": ["refs/heads/feature/*", "refs/tags/v*"]})).await;
    let git = GitClient::of(&token, LoginBy::Header);
    git.clone(&format!("{}/acme/web.git", gate.url()), "web").await.assert_ok();
    git.commit("web", "new.txt", b"new").await;
    git
}

async fn push(git: &GitClient, refs: &[&str]) -> narrowgate_tests::Finished {
    let mut arguments = vec!["push", "--quiet", "origin"];
    arguments.extend(refs);
    git.run(&git.path("web"), &arguments).await
}

async fn remote_refs(git: &GitClient) -> String {
    git.run(&git.path("web"), &["ls-remote", "origin"]).await.assert_ok().stdout
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_pushes_only_to_its_refs() {
    let gate = TestGate::start().await;
    let git = clone(&gate).await;
    push(&git, &["HEAD:refs/heads/feature/a"]).await.assert_ok();
    push(&git, &["HEAD:refs/heads/feature/deep/er", "HEAD:refs/tags/v1"]).await.assert_ok();
    push(&git, &["HEAD:refs/heads/other"]).await.assert_failed("refs/heads/other");
    push(&git, &["HEAD:refs/heads/main"]).await.assert_failed("refs/heads/main");
    push(&git, &["HEAD:refs/heads/features"]).await.assert_failed("refs/heads/features");
    push(&git, &["HEAD:refs/tags/nightly"]).await.assert_failed("refs/tags/nightly");
    let refs = remote_refs(&git).await;
    for made in ["refs/heads/feature/a\n", "refs/heads/feature/deep/er\n", "refs/tags/v1\n"] {
        assert!(refs.contains(made), "{made} not in\n{refs}");
    }
    for refused in ["refs/heads/other", "refs/heads/features\n", "refs/tags/nightly"] {
        assert!(!refs.contains(refused), "{refused} in\n{refs}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_is_refused_as_a_whole() {
    let gate = TestGate::start().await;
    let git = clone(&gate).await;
    let mixed = push(&git, &["HEAD:refs/heads/feature/b", "HEAD:refs/heads/other"]).await;
    let mixed = mixed.assert_failed("refs/heads/other");
    assert!(!mixed.output().contains(gate.instance()), "{}", mixed.output());
    let refs = remote_refs(&git).await;
    assert!(!refs.contains("feature/b") && !refs.contains("other"), "{refs}");
    // Atomic or not, forced or not.
    push(&git, &["--atomic", "HEAD:refs/heads/feature/b", "+HEAD:refs/heads/main"])
        .await
        .assert_failed("main");
    assert!(!remote_refs(&git).await.contains("feature/b"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_is_a_push_too() {
    let gate = TestGate::start().await;
    let git = clone(&gate).await;
    push(&git, &["HEAD:refs/heads/feature/a", "HEAD:refs/tags/v1"]).await.assert_ok();
    push(&git, &[":refs/heads/feature/a", ":refs/tags/v1"]).await.assert_ok();
    assert!(!remote_refs(&git).await.contains("feature/a"));
    let open = gate.maintainer().token(&[project(WEB, &["download_code", "push_code"])]).await;
    let other = GitClient::of(&open, LoginBy::Header);
    let url = format!("{}/acme/web.git", gate.url());
    other.run(&git.path("web"), &["push", "--quiet", &url, "HEAD:refs/heads/kept"]).await;
    push(&git, &[":refs/heads/main"]).await.assert_failed("refs/heads/main");
    assert!(remote_refs(&git).await.contains("refs/heads/main"));
}

/// Over REST, refs are named in ways that are too many to be held to patterns.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_with_refs_writes_no_code_over_rest() {
    let gate = TestGate::start().await;
    let maria = gate.maintainer();
    let token = maria.token(&[project(WEB, &["create_branch", "create_repository", "read_branch"])]).await;
    let branch = "/projects/20/repository/branches?branch=feature%2Frest&ref=main";
    token.post(branch, &json!({})).await.assert_status(201);
    demand(&maria, &token, json!({"push_refs": ["refs/heads/feature/*"]})).await;
    let again = "/projects/20/repository/branches?branch=feature%2Fagain&ref=main";
    token.post(again, &json!({})).await.assert_status(403).assert_reason("ref_not_allowed");
    let file = json!({"branch": "feature/rest", "content": "x", "commit_message": "x"});
    let path = "/projects/20/repository/files/rest.txt";
    token.post(path, &file).await.assert_status(403).assert_reason("ref_not_allowed");
    token.get("/projects/20/repository/branches").await.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_works_from_its_addresses() {
    let gate = TestGate::start().await;
    let maria = gate.maintainer();
    let token = maria.token(&[project(WEB, &["read_work_item", "download_code"])]).await;
    let issues = "/projects/20/issues";
    demand(&maria, &token, json!({"addresses": ["192.0.2.0/24", "2001:db8::/32"]})).await;
    token.get(issues).await.assert_status(403).assert_reason("address_not_allowed");
    // Nobody's word is taken for where they are.
    let claimed = token.call("GET", issues).header("x-forwarded-for", "192.0.2.7").send().await;
    claimed.assert_status(403).assert_reason("address_not_allowed");
    let git = GitClient::of(&token, LoginBy::Header);
    git.clone(&format!("{}/acme/web.git", gate.url()), "web").await.assert_failed("403");
    demand(&maria, &token, json!({"addresses": ["192.0.2.0/24", "127.0.0.1"]})).await;
    token.get(issues).await.assert_ok();
    demand(&maria, &token, json!({})).await;
    token.get(issues).await.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_says_where_clients_are() {
    let gate = TestGate::builder().argument("--trusted-proxies=127.0.0.0/8").start().await;
    let maria = gate.maintainer();
    let token = maria.token(&[project(WEB, &["read_work_item"])]).await;
    demand(&maria, &token, json!({"addresses": ["192.0.2.0/24"]})).await;
    let from = async |chain: &str| {
        token.call("GET", "/projects/20/issues").header("x-forwarded-for", chain).send().await.status
    };
    assert_eq!(from("192.0.2.7").await, 200);
    assert_eq!(from("203.0.113.9, 192.0.2.7").await, 200);
    // What the client wrote itself stands before what the proxy saw.
    assert_eq!(from("192.0.2.7, 203.0.113.9").await, 403);
    assert_eq!(from("203.0.113.9").await, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_begins_when_it_says() {
    let gate = TestGate::start().await;
    let maria = gate.maintainer();
    let token = maria.token(&[project(WEB, &["read_work_item"])]).await;
    demand(&maria, &token, json!({"not_before": "2099-01-01T00:00:00Z"})).await;
    let early = token.get("/projects/20/issues").await.assert_reason("not_yet_valid");
    assert_eq!(early.status, 401, "{}", early.summary());
    let soon = SystemClock.now() + Duration::from_millis(1500);
    demand(&maria, &token, json!({"not_before": soon.to_string()})).await;
    token.get("/projects/20/issues").await.assert_reason("not_yet_valid");
    tokio::time::sleep(Duration::from_millis(1600)).await;
    token.get("/projects/20/issues").await.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_are_handed_down() {
    let gate = TestGate::start().await;
    let maria = gate.maintainer();
    let rights = [
        project(WEB, &["read_work_item"]),
        narrowgate_tests::grant::user(&["create_personal_access_token", "rotate_personal_access_token"]),
    ];
    let token = maria.token(&rights).await;
    demand(&maria, &token, json!({"addresses": ["127.0.0.1"], "push_refs": ["refs/heads/feature/*"]})).await;
    let body = json!({"name": "child", "granular_scopes": [project(WEB, &["read_work_item"])]});
    let child = token.post("/user/personal_access_tokens", &body).await.assert_status(201);
    let next = token.post("/personal_access_tokens/self/rotate", &json!({})).await.assert_status(200);
    for made in [child, next] {
        let path = format!("/tokens/{}", made.json()["id"]);
        let shown = maria.native().own("GET", &path).send().await.assert_status(200).json();
        assert_eq!(shown["conditions"]["push_refs"], json!(["refs/heads/feature/*"]), "{shown}");
        assert_eq!(shown["conditions"]["addresses"].as_array().map(Vec::len), Some(1), "{shown}");
    }
}
