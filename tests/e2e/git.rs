//! Git over HTTPS, by a real git.

use narrowgate_tests::grant::{group, memberships, project};
use narrowgate_tests::world::{ACME, PLATFORM, WEB};
use narrowgate_tests::{GitClient, LoginBy, TestGate};

#[tokio::test(flavor = "multi_thread")]
async fn a_clone_needs_download_code() {
    let gate = TestGate::start().await;
    let url = format!("{}/acme/web.git", gate.url());
    let token = gate.developer().token(&[project(WEB, &["download_code"])]).await;
    for (name, login) in [("by-header", LoginBy::Header), ("by-helper", LoginBy::Helper)] {
        let git = GitClient::of(&token, login);
        git.clone(&url, name).await.assert_ok();
        assert!(git.path(name).join("README.md").is_file());
        git.run(&git.path(name), &["fetch", "--quiet"]).await.assert_ok();
    }

    let git = GitClient::of(&token, LoginBy::Header);
    git.clone(&url, "web").await.assert_ok();
    git.commit("web", "new.txt", b"new").await;
    git.run(&git.path("web"), &["push", "--quiet"]).await.assert_failed("403");
    git.clone(&format!("{}/acme/api.git", gate.url()), "api").await.assert_failed("403");
    git.clone(&format!("{}/root/vault.git", gate.url()), "vault").await.assert_failed("not found");
    git.clone(&format!("{}/no/where.git", gate.url()), "nowhere").await.assert_failed("not found");

    let other = gate.developer().token(&[project(WEB, &["read_work_item"])]).await;
    let git = GitClient::of(&other, LoginBy::Helper);
    git.clone(&url, "web").await.assert_failed("403");
    GitClient::anonymous().clone(&url, "web").await.assert_failed("terminal prompts disabled");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reason_for_a_refusal_reaches_the_terminal() {
    let gate = TestGate::start().await;
    let token = gate.developer().token(&[project(WEB, &["read_work_item"])]).await;
    let git = GitClient::of(&token, LoginBy::Header);
    git.clone(&format!("{}/acme/web.git", gate.url()), "web").await.assert_failed("Code: Download");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_needs_push_code() {
    let gate = TestGate::start().await;
    let url = format!("{}/acme/web.git", gate.url());
    let token = gate.developer().token(&[project(WEB, &["download_code", "push_code"])]).await;
    let git = GitClient::of(&token, LoginBy::Header);
    git.clone(&url, "web").await.assert_ok();
    git.commit("web", "pushed.txt", b"pushed by a token").await;
    git.run(&git.path("web"), &["push", "--quiet", "origin", "HEAD:refs/heads/from-a-token"])
        .await
        .assert_ok();

    git.clone(&url, "again").await.assert_ok();
    let branches = git.run(&git.path("again"), &["branch", "--remotes"]).await.assert_ok();
    assert!(branches.stdout.contains("from-a-token"), "{}", branches.stdout);
    // More than http.postBuffer: git probes first and then sends chunks.
    git.commit("web", "large.bin", &noise(3 << 20)).await;
    git.run(&git.path("web"), &["push", "--quiet", "origin", "HEAD:refs/heads/large"]).await.assert_ok();

    let push_only = gate.developer().token(&[project(WEB, &["push_code"])]).await;
    GitClient::of(&push_only, LoginBy::Header).clone(&url, "web").await.assert_failed("403");

    // A scope never lifts a role: gus is a Guest.
    let guest = gate.guest().token(&[project(WEB, &["download_code", "push_code"])]).await;
    let remote = url.replace("http://", "http://oauth2@");
    let git_guest = GitClient::of(&guest, LoginBy::Header);
    let pushed =
        git_guest.run(&git.path("web"), &["push", "--quiet", &remote, "HEAD:refs/heads/by-guest"]).await;
    assert!(!pushed.succeeded(), "{}", pushed.output());
    let heads = git.run(&git.path("web"), &["ls-remote", "--heads", "origin"]).await.assert_ok();
    assert!(!heads.stdout.contains("by-guest"), "{}", heads.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn protocol_version_two_is_spoken() {
    let gate = TestGate::start().await;
    let token = gate.developer().token(&[project(WEB, &["download_code"])]).await;
    let git = GitClient::of(&token, LoginBy::Header).tracing_packets();
    let listed = git.home(&["ls-remote", &format!("{}/acme/web.git", gate.url())]).await.assert_ok();
    assert!(listed.stderr.contains("version 2"), "{}", listed.stderr);
    let old = GitClient::of(&token, LoginBy::Header).with("protocol.version", "0").tracing_packets();
    let listed = old.home(&["ls-remote", &format!("{}/acme/web.git", gate.url())]).await.assert_ok();
    assert!(!listed.stderr.contains("version 2"), "{}", listed.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_without_its_suffix_leads_to_the_repository() {
    let gate = TestGate::start().await;
    let token = gate.developer().token(&[project(WEB, &["download_code"])]).await;
    for login in [LoginBy::Header, LoginBy::Helper] {
        let git = GitClient::of(&token, login);
        git.clone(&format!("{}/acme/web", gate.url()), "web").await.assert_ok();
        git.clone(&format!("{}/acme/api", gate.url()), "api").await.assert_failed("403");
        git.clone(&format!("{}/root/vault", gate.url()), "vault").await.assert_failed("not found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_negotiation_is_compressed_and_passes() {
    let gate = TestGate::start().await;
    let token = gate.maintainer().token(&[project(WEB, &["download_code", "push_code"])]).await;
    let git = GitClient::of(&token, LoginBy::Header);
    let url = format!("{}/acme/web.git", gate.url());
    git.clone(&url, "web").await.assert_ok();
    git.clone(&url, "other").await.assert_ok();
    // Git compresses what it has to say of more than a kilobyte: here, the commits that it has.
    let many = "alias.many=!for i in $(seq 100); do git commit --quiet --allow-empty --message $i; done";
    git.run(&git.path("web"), &["-c", many, "many"]).await.assert_ok();
    git.commit("other", "other.txt", b"other").await;
    git.run(&git.path("other"), &["push", "--quiet", "origin", "HEAD:main"]).await.assert_ok();
    git.run(&git.path("web"), &["fetch", "--quiet"]).await.assert_ok();
    let log = git.run(&git.path("web"), &["log", "--oneline", "origin/main"]).await.assert_ok();
    assert!(log.stdout.contains("other.txt"), "{}", log.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn legacy_tokens_clone_and_push_by_scope() {
    let gate = TestGate::start().await;
    let url = format!("{}/acme/web.git", gate.url());
    let reader = GitClient::of(&gate.maintainer().legacy(&["read_repository"]).await, LoginBy::Header);
    reader.clone(&url, "web").await.assert_ok();
    reader.commit("web", "a.txt", b"a").await;
    reader.run(&reader.path("web"), &["push", "--quiet", "origin", "HEAD:main"]).await.assert_failed("403");
    let writer = GitClient::of(&gate.maintainer().legacy(&["write_repository"]).await, LoginBy::Header);
    writer.run(&reader.path("web"), &["push", "--quiet", "origin", "HEAD:main"]).await.assert_ok();
    let api = GitClient::of(&gate.maintainer().legacy(&["read_api"]).await, LoginBy::Header);
    api.clone(&url, "web").await.assert_failed("403");
}

#[tokio::test(flavor = "multi_thread")]
async fn wikis_are_guarded_by_wiki_permissions() {
    let gate = TestGate::start().await;
    let wiki = format!("{}/acme/web.wiki.git", gate.url());
    let code = gate.developer().token(&[project(WEB, &["download_code", "push_code"])]).await;
    GitClient::of(&code, LoginBy::Header).clone(&wiki, "wiki").await.assert_failed("Wiki: Read");

    let reader = gate.developer().token(&[project(WEB, &["read_wiki"])]).await;
    let git = GitClient::of(&reader, LoginBy::Header);
    git.clone(&wiki, "wiki").await.assert_ok();
    git.commit("wiki", "page.md", b"a page").await;
    let head = "HEAD:refs/heads/main";
    git.run(&git.path("wiki"), &["push", "--quiet", "origin", head]).await.assert_failed("403");
    git.clone(&format!("{}/acme/web.git", gate.url()), "web").await.assert_failed("403");

    let writer = gate.developer().token(&[project(WEB, &["read_wiki", "create_wiki"])]).await;
    let git_writer = GitClient::of(&writer, LoginBy::Header);
    git_writer.run(&git.path("wiki"), &["push", "--quiet", "origin", head]).await.assert_ok();

    let group_wiki = format!("{}/groups/acme.wiki.git", gate.url());
    let of_group = gate.maintainer().token(&[group(ACME, &["read_wiki"])]).await;
    let git = GitClient::of(&of_group, LoginBy::Header);
    for url in [group_wiki, format!("{}/acme.wiki.git", gate.url())] {
        let cloned = git.home(&["ls-remote", &url]).await;
        if cloned.succeeded() {
            let lower = gate.maintainer().token(&[group(PLATFORM, &["read_wiki"])]).await;
            GitClient::of(&lower, LoginBy::Header).home(&["ls-remote", &url]).await.assert_failed("403");
            return;
        }
    }
    panic!("the wiki of a group can't be read");
}

#[tokio::test(flavor = "multi_thread")]
async fn snippets_are_guarded_by_snippet_permissions() {
    let gate = TestGate::start().await;
    let manage = ["create_snippet", "read_snippet", "update_snippet"];
    let writer =
        gate.developer().token(&[project(WEB, &manage), narrowgate_tests::grant::user(&manage)]).await;
    let body = serde_json::json!({"title": "s", "visibility": "private", "files": [{"file_path": "a.txt", "content": "a"}]});
    let in_project = writer.post("/projects/20/snippets", &body).await.assert_status(201).json();
    let own = writer.post("/snippets", &body).await.assert_status(201).json();

    let code = gate.developer().token(&[memberships(&["download_code", "push_code"])]).await;
    let reader = gate.developer().token(&[project(WEB, &["read_snippet"])]).await;
    let url = format!("{}/acme/web/snippets/{}.git", gate.url(), in_project["id"]);
    GitClient::of(&code, LoginBy::Header).clone(&url, "s").await.assert_failed("Snippet: Read");
    let git = GitClient::of(&reader, LoginBy::Header);
    git.clone(&url, "s").await.assert_ok();
    git.commit("s", "b.txt", b"b").await;
    git.run(&git.path("s"), &["push", "--quiet", "origin", "HEAD"]).await.assert_failed("403");
    GitClient::of(&writer, LoginBy::Header)
        .run(&git.path("s"), &["push", "--quiet", "origin", "HEAD"])
        .await
        .assert_ok();

    let url = format!("{}/snippets/{}.git", gate.url(), own["id"]);
    git.clone(&url, "own").await.assert_failed("403");
    GitClient::of(&writer, LoginBy::Header).clone(&url, "own").await.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_megabytes_pass_in_flat_memory() {
    let mut gate = TestGate::start().await;
    let token = gate.maintainer().token(&[project(WEB, &["download_code", "push_code"])]).await;
    let git = GitClient::of(&token, LoginBy::Header).with("core.compression", "0").with("pack.window", "0");
    let url = format!("{}/acme/web.git", gate.url());
    git.clone(&url, "web").await.assert_ok();
    for number in 0..4_u64 {
        std::fs::write(git.path("web").join(format!("noise-{number}.bin")), noise_from(number + 1, 25 << 20))
            .expect("the clone takes files");
    }
    git.run(&git.path("web"), &["add", "."]).await.assert_ok();
    git.run(&git.path("web"), &["commit", "--quiet", "--message", "noise"]).await.assert_ok();

    let before = gate.process().memory("VmHWM");
    git.run(&git.path("web"), &["push", "--quiet", "origin", "HEAD:main"]).await.assert_ok();
    let pushed = gate.process().memory("VmHWM");
    git.clone(&url, "copy").await.assert_ok();
    let cloned = gate.process().memory("VmHWM");
    let length = std::fs::metadata(git.path("copy").join("noise-3.bin")).expect("the file is there").len();
    assert_eq!(length, 25 << 20);
    println!(
        "peak memory of the gate: {before} KiB before, {pushed} after the push, {cloned} after the clone"
    );
    assert!(
        cloned - before < 64 << 10,
        "{before} KiB before, {pushed} after the push, {cloned} after the clone"
    );
}

fn noise(length: usize) -> Vec<u8> {
    noise_from(1, length)
}

/// Bytes that no compression shortens: a linear congruential generator's upper half.
fn noise_from(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(length + 4);
    while bytes.len() < length {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&state.to_le_bytes()[4..]);
    }
    bytes.truncate(length);
    bytes
}
