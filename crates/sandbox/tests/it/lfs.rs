//! LFS with the real client, and its locks.

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Forge, git_fails, git_ok, read};

#[tokio::test]
async fn an_object_travels_from_one_clone_to_another() {
    let forge = Forge::start().await;
    let home = TempDir::new().unwrap();
    git_ok(home.path(), &["lfs", "install"]).await;
    git_ok(home.path(), &["clone", "-q", &forge.git_url("maria", "acme/web"), "web"]).await;
    let web = home.path().join("web");
    git_ok(&web, &["lfs", "track", "*.bin"]).await;
    std::fs::write(web.join("big.bin"), vec![7; 3_000_000]).unwrap();
    git_ok(&web, &["add", "."]).await;
    git_ok(&web, &["commit", "-q", "-m", "Add a large file"]).await;
    git_ok(&web, &["push", "-q", "origin", "main"]).await;
    git_ok(home.path(), &["clone", "-q", &forge.git_url("dev", "acme/web"), "again"]).await;
    assert_eq!(std::fs::read(home.path().join("again/big.bin")).unwrap(), vec![7; 3_000_000]);
    git_ok(&web, &["lfs", "lock", "big.bin"]).await;
    assert!(git_ok(&web, &["lfs", "locks"]).await.contains("big.bin"));
    let again = home.path().join("again");
    git_fails(&again, &["lfs", "lock", "big.bin"]).await;
    git_fails(&again, &["lfs", "unlock", "big.bin"]).await;
    git_ok(&web, &["lfs", "unlock", "big.bin"]).await;
}

#[tokio::test]
async fn batches_echo_the_credential_and_hold_to_roles() {
    let forge = Forge::start().await;
    let url = format!("{}/acme/web.git/info/lfs/objects/batch", forge.sandbox.base_url());
    let oid = "a".repeat(64);
    let batch = |user: &str, operation: &str| {
        let body = json!({ "operation": operation, "objects": [{ "oid": oid, "size": 3 }] });
        reqwest::Client::new().post(&url).basic_auth("x", Some(forge.token(user))).json(&body).send()
    };
    let upload = read(batch("dev", "upload").await.unwrap()).await.expect(200);
    let action = &upload.body["objects"][0]["actions"]["upload"];
    assert_eq!(
        action["href"],
        format!("{}/acme/web.git/gitlab-lfs/objects/{oid}/3", forge.sandbox.base_url())
    );
    assert!(action["header"]["Authorization"].as_str().unwrap().starts_with("Basic "));
    read(batch("gus", "download").await.unwrap()).await.expect(403);
    let missing = read(batch("dev", "download").await.unwrap()).await.expect(200);
    assert_eq!(missing.body["objects"][0]["error"]["code"], 404);
    let put = reqwest::Client::new()
        .put(action["href"].as_str().unwrap())
        .basic_auth("x", Some(forge.token("dev")))
        .body("abc");
    assert_eq!(read(put.send().await.unwrap()).await.expect(400).body["message"], "SHA256 or size mismatch");
}
