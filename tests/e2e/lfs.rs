//! Git LFS, by a real git-lfs, and its API by hand.

use std::path::Path;

use narrowgate_tests::grant::project;
use narrowgate_tests::world::{API, WEB};
use narrowgate_tests::{Bearer, Finished, GitClient, LoginBy, Reply, TestGate, run};
use serde_json::{Value, json};
use tokio::process::Command;

const OID: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const CONTENT: &str = "test";

#[tokio::test(flavor = "multi_thread")]
async fn large_files_go_up_and_come_down() {
    let gate = TestGate::start().await;
    let url = format!("{}/acme/web.git", gate.url());
    for (name, login) in [("header", LoginBy::Header), ("helper", LoginBy::Helper)] {
        let writer = gate.maintainer().token(&[project(WEB, &["download_code", "push_code"])]).await;
        let git = GitClient::of(&writer, login);
        git.clone(&url, "web").await.assert_ok();
        track(&git, "web").await;
        git.commit("web", &format!("{name}.bin"), format!("large by {name}").repeat(1000).as_bytes()).await;
        push(&git, "web").await.assert_ok();

        let reader = gate.maintainer().token(&[project(WEB, &["download_code"])]).await;
        let git = GitClient::of(&reader, login).with("filter.lfs.smudge", "git-lfs smudge -- %f");
        git.clone(&url, "copy").await.assert_ok();
        let content =
            std::fs::read_to_string(git.path("copy").join(format!("{name}.bin"))).expect("the file is there");
        assert!(content.starts_with("large by"), "a pointer, not the file: {content}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_needs_push_code() {
    let gate = TestGate::start().await;
    let reader = gate.maintainer().token(&[project(WEB, &["download_code"])]).await;
    let git = GitClient::of(&reader, LoginBy::Header);
    git.clone(&format!("{}/acme/web.git", gate.url()), "web").await.assert_ok();
    track(&git, "web").await;
    git.commit("web", "refused.bin", b"refused").await;
    assert!(!push(&git, "web").await.succeeded());
    let uploads = gate.sandbox().requests().into_iter().filter(|seen| seen.method == "PUT").count();
    assert_eq!(uploads, 0);
}

/// Configures the clone for LFS by hand: `git lfs install` would write into the home's configuration.
async fn track(git: &GitClient, name: &str) {
    let folder = git.path(name);
    git.run(&folder, &["config", "filter.lfs.clean", "git-lfs clean -- %f"]).await.assert_ok();
    git.run(&folder, &["config", "filter.lfs.smudge", "git-lfs smudge -- %f"]).await.assert_ok();
    git.run(&folder, &["config", "filter.lfs.required", "true"]).await.assert_ok();
    std::fs::write(folder.join(".gitattributes"), "*.bin filter=lfs diff=lfs merge=lfs -text\n")
        .expect("a file");
    git.run(&folder, &["add", ".gitattributes"]).await.assert_ok();
}

async fn push(git: &GitClient, name: &str) -> Finished {
    let folder: &Path = &git.path(name);
    let objects = git.run(folder, &["lfs", "push", "origin", "main"]).await;
    if !objects.succeeded() {
        return objects;
    }
    git.run(folder, &["push", "--quiet", "origin", "HEAD:main"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_shows_the_gate_and_nothing_behind_it() {
    let gate = TestGate::start().await;
    let writer = gate.maintainer().token(&[project(WEB, &["download_code", "push_code"])]).await;
    let secret = gate.maintainer().native();
    let upload = batch(&writer, "web", "upload").await.assert_ok();
    let action = action(&upload, "upload");
    assert_action_is_clean(&gate, &upload, &action, secret.text());
    follow(&writer, &gate, "PUT", &action, CONTENT).await.assert_ok();

    let reader = gate.maintainer().token(&[project(WEB, &["download_code"])]).await;
    let download = batch(&reader, "web", "download").await.assert_ok();
    let found = download.json()["objects"][0]["actions"]["download"].clone();
    assert_action_is_clean(&gate, &download, &found, secret.text());
    let object = follow(&reader, &gate, "GET", &found, "").await.assert_ok();
    assert_eq!(object.text(), CONTENT);

    batch(&reader, "web", "upload").await.assert_status(403);
    batch(&reader, "api", "download").await.assert_status(403);
    batch(&reader, "../root/vault", "download").await.assert_status(400);
    let vault = gate.maintainer().token(&[project(API, &["download_code"])]).await;
    batch(&vault, "web", "download").await.assert_status(403);
    // The object's own URL is guarded too, not only the batch that names it.
    let other = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    follow(&other, &gate, "GET", &found, "").await.assert_status(403);
}

async fn batch(bearer: &Bearer, name: &str, operation: &str) -> Reply {
    let body = json!({"operation": operation, "transfers": ["basic"], "objects": [{"oid": OID, "size": CONTENT.len()}]});
    lfs(bearer, "POST", &format!("/acme/{name}.git/info/lfs/objects/batch"), &body).await
}

async fn lfs(bearer: &Bearer, method: &str, target: &str, body: &Value) -> Reply {
    let kind = "application/vnd.git-lfs+json";
    let call = bearer.call(method, "").at_root(target).without_token().header("accept", kind);
    let call = call.header("authorization", &basic(bearer));
    if method == "GET" { call.send().await } else { call.body(kind, body.to_string()).send().await }
}

fn basic(bearer: &Bearer) -> String {
    use base64::Engine;
    let pair = base64::prelude::BASE64_STANDARD.encode(format!("oauth2:{}", bearer.text()));
    format!("Basic {pair}")
}

fn action(reply: &Reply, name: &str) -> Value {
    let action = reply.json()["objects"][0]["actions"][name].clone();
    assert!(action.is_object(), "no `{name}` in {}", reply.summary());
    action
}

fn assert_action_is_clean(gate: &TestGate, reply: &Reply, action: &Value, secret: &str) {
    let href = action["href"].as_str().expect("an action has an href");
    assert!(href.starts_with(&gate.url()), "{href} leaves the gate");
    assert!(!reply.text().contains(gate.instance()), "the instance's URL: {}", reply.summary());
    assert!(!reply.text().contains(secret), "the connection's credential is shown");
    assert!(!reply.text().contains(&encoded(secret)), "the connection's credential is shown, encoded");
}

/// What base64 makes of a credential behind `oauth2:` or any name whose length leaves the same remainder.
fn encoded(secret: &str) -> String {
    use base64::Engine;
    let whole = base64::prelude::BASE64_STANDARD_NO_PAD.encode(format!("oauth2:{secret}"));
    whole[whole.len() - 24..].to_owned()
}

/// Does what the batch answer says: its `href` with its headers, and the client's own credential when it names none.
async fn follow(bearer: &Bearer, gate: &TestGate, method: &str, action: &Value, body: &str) -> Reply {
    let target =
        action["href"].as_str().expect("an action has an href").trim_start_matches(&gate.url()).to_owned();
    let mut call =
        bearer.call(method, "").at_root(&target).without_token().header("authorization", &basic(bearer));
    for (name, value) in action["header"].as_object().into_iter().flatten() {
        if !name.eq_ignore_ascii_case("authorization") {
            call = call.header(name, value.as_str().unwrap_or_default());
        }
    }
    call.content(body.to_owned()).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn locks_are_reads_and_writes_of_code() {
    let gate = TestGate::start().await;
    let writer = gate.maintainer().token(&[project(WEB, &["download_code", "push_code"])]).await;
    let reader = gate.maintainer().token(&[project(WEB, &["download_code"])]).await;
    let locks = "/acme/web.git/info/lfs/locks";
    let wanted = json!({"path": "a.bin"});
    lfs(&reader, "POST", locks, &wanted).await.assert_status(403);
    let lock = lfs(&writer, "POST", locks, &wanted).await.assert_status(201).json();
    let id = lock["lock"]["id"].as_str().expect("a lock has an id").to_owned();
    let listed = lfs(&reader, "GET", locks, &json!({})).await.assert_ok();
    assert_eq!(listed.json()["locks"][0]["path"], "a.bin");
    lfs(&writer, "POST", &format!("{locks}/verify"), &json!({})).await.assert_ok();
    lfs(&reader, "POST", &format!("{locks}/{id}/unlock"), &json!({})).await.assert_status(403);
    lfs(&writer, "POST", &format!("{locks}/{id}/unlock"), &json!({})).await.assert_ok();

    let git = GitClient::of(&writer, LoginBy::Header);
    git.clone(&format!("{}/acme/web.git", gate.url()), "web").await.assert_ok();
    git.run(&git.path("web"), &["lfs", "lock", "b.bin"]).await.assert_ok();
    let listed = git.run(&git.path("web"), &["lfs", "locks"]).await.assert_ok();
    assert!(listed.stdout.contains("b.bin"), "{}", listed.stdout);
    git.run(&git.path("web"), &["lfs", "unlock", "b.bin"]).await.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_holds_no_memory() {
    let mut gate = TestGate::start().await;
    let token = gate.maintainer().token(&[project(WEB, &["download_code", "push_code"])]).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (oid, size) = large_object(folder.path(), 48 << 20).await;
    let before = gate.process().memory("VmHWM");
    let target = format!("{}/acme/web.git/gitlab-lfs/objects/{oid}", gate.url());
    let upload =
        format!("upload-file = \"{}\"\nurl = \"{target}/{size}\"\n", folder.path().join("large").display());
    curl(&token, &upload, "60").await.assert_ok();
    let download = format!("url = \"{target}\"\nlimit-rate = \"4M\"\noutput = \"/dev/null\"\n");
    let slow = curl(&token, &download, "3").await;
    assert_eq!(slow.code, 28, "the reader is slow enough to run out of time: {}", slow.output());
    let after = gate.process().memory("VmHWM");
    println!("peak memory of the gate: {before} KiB before, {after} after");
    assert!(after - before < 32 << 10, "{before} KiB before, {after} after an upload and a slow reader");
}

async fn large_object(folder: &Path, size: usize) -> (String, usize) {
    let path = folder.join("large");
    std::fs::write(&path, vec![7; size]).expect("a file");
    let sum = run(Command::new("sha256sum").arg(&path), "").await.assert_ok();
    (sum.stdout[..64].to_owned(), size)
}

async fn curl(bearer: &Bearer, config: &str, seconds: &str) -> Finished {
    let mut command = Command::new("curl");
    command.args([
        "--silent",
        "--show-error",
        "--fail",
        "--max-time",
        seconds,
        "--noproxy",
        "*",
        "--config",
        "-",
    ]);
    let config = format!(
        "header = \"Authorization: {}\"\nheader = \"Content-Type: application/octet-stream\"\n{config}",
        basic(bearer)
    );
    run(&mut command, &config).await
}
