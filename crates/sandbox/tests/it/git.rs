//! Git over HTTP: clone, fetch and push by role.

use tempfile::TempDir;

use crate::support::{Forge, git_fails, git_ok};

#[tokio::test]
async fn a_developer_clones_and_pushes_a_branch_but_not_the_protected_one() {
    let forge = Forge::start().await;
    let home = TempDir::new().unwrap();
    git_ok(home.path(), &["clone", "-q", &forge.git_url("dev", "acme/web"), "web"]).await;
    let web = home.path().join("web");
    assert!(web.join("README.md").exists());
    git_ok(&web, &["checkout", "-q", "-b", "feature"]).await;
    git_ok(&web, &["commit", "-q", "--allow-empty", "-m", "Try it"]).await;
    git_ok(&web, &["push", "-q", "origin", "feature"]).await;
    let refused = git_fails(&web, &["push", "-q", "origin", "feature:main"]).await;
    assert!(refused.contains("You are not allowed to push code to protected branches"), "{refused}");
    let heads = git_ok(&web, &["ls-remote", "--heads", &forge.git_url("maria", "acme/web")]).await;
    assert!(heads.contains("refs/heads/feature"));
    git_ok(&web, &["push", "-q", &forge.git_url("maria", "acme/web"), "feature:main"]).await;
}

#[tokio::test]
async fn a_guest_may_not_clone_and_a_reporter_may_not_push() {
    let forge = Forge::start().await;
    let home = TempDir::new().unwrap();
    let refused = git_fails(home.path(), &["clone", "-q", &forge.git_url("gus", "acme/web"), "x"]).await;
    assert!(refused.contains("403"), "{refused}");
    git_ok(home.path(), &["clone", "-q", &forge.git_url("dev", "acme/api"), "api"]).await;
    let refused = git_fails(&home.path().join("api"), &["push", "-q", "origin", "HEAD:refs/heads/x"]).await;
    assert!(refused.contains("403"), "{refused}");
    let hidden = git_fails(home.path(), &["clone", "-q", &forge.git_url("maria", "root/vault"), "y"]).await;
    assert!(hidden.contains("not found"), "{hidden}");
}

#[tokio::test]
async fn wikis_and_public_projects_are_served_and_visitors_are_asked_to_sign_in() {
    let forge = Forge::start().await;
    let home = TempDir::new().unwrap();
    git_ok(home.path(), &["clone", "-q", &forge.git_url("gus", "acme/web.wiki"), "wiki"]).await;
    assert!(home.path().join("wiki/home.md").exists());
    let site = format!("{}/acme/site.git", forge.sandbox.base_url());
    git_ok(home.path(), &["-c", "protocol.version=2", "clone", "-q", &site, "site"]).await;
    let url = format!("{}/acme/web.git/info/refs?service=git-upload-pack", forge.sandbox.base_url());
    let refused = reqwest::get(url).await.unwrap();
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.headers()["www-authenticate"], "Basic realm=\"GitLab\"");
}

#[tokio::test]
async fn a_large_push_and_clone_pass_through() {
    let forge = Forge::start().await;
    let home = TempDir::new().unwrap();
    git_ok(home.path(), &["clone", "-q", &forge.git_url("maria", "acme/web"), "web"]).await;
    let web = home.path().join("web");
    let noise: Vec<u8> =
        (0_u64..4_000_000).flat_map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()).collect();
    std::fs::write(web.join("noise.bin"), noise).unwrap();
    git_ok(&web, &["add", "."]).await;
    git_ok(&web, &["commit", "-q", "-m", "Add noise"]).await;
    git_ok(&web, &["push", "-q", "origin", "main"]).await;
    git_ok(home.path(), &["clone", "-q", &forge.git_url("dev", "acme/web"), "again"]).await;
    assert_eq!(std::fs::metadata(home.path().join("again/noise.bin")).unwrap().len(), 32_000_000);
}
