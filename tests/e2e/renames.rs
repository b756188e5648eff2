//! Paths are reused after a rename; what was decided about one project must never reach another.

use narrowgate_tests::TestGate;
use narrowgate_tests::grant::project;
use narrowgate_tests::world::{API, WEB};

#[tokio::test(flavor = "multi_thread")]
async fn another_project_at_the_path_is_not_reached() {
    let gate = TestGate::start().await;
    let token =
        gate.maintainer().token(&[project(WEB, &["download_code", "read_project", "read_work_item"])]).await;
    let before = token.get("/projects/acme%2Fweb").await.assert_ok();
    assert_eq!(before.json()["id"], WEB);

    // The directory still takes `acme/web` for project 20; the instance no longer does.
    assert!(gate.sandbox().rename_project(WEB, "old"));
    assert!(gate.sandbox().rename_project(API, "web"));
    let ask = async |path| token.call("GET", path).header("x-renamed", "1").send().await.assert_ok();
    assert_eq!(ask("/projects/acme%2Fweb").await.json()["id"], WEB);
    let issues = ask("/projects/acme%2Fweb/issues?search=acme%2Fweb").await;
    assert!(!issues.text().contains("\"project_id\":21"), "{}", issues.summary());
    let seen = gate.seen_with("x-renamed");
    let paths: Vec<&str> = seen.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/api/v4/projects/20", "/api/v4/projects/20/issues"]);
    assert_eq!(seen[1].query.as_deref(), Some("search=acme%2Fweb"));

    // Git goes by the path, which is looked up anew for each request.
    let repository = "/acme/web.git/info/refs?service=git-upload-pack";
    let fetch = token.call("GET", "").at_root(repository).header("x-renamed-git", "1").send().await;
    assert!(fetch.assert_status(403).text().contains("[Code: Download]"));
    assert_eq!(gate.seen_with("x-renamed-git"), []);

    // Once the directory asks again, the path is the other project's, which the token does not reach.
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    token
        .call("GET", "/projects/acme%2Fweb/issues")
        .header("x-later", "1")
        .send()
        .await
        .assert_denied("read_work_item")
        .assert_reason("outside_boundary");
    token.get("/projects/acme%2Fold/issues").await.assert_ok();
    assert_eq!(gate.seen_with("x-later"), []);
}
