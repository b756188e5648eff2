//! curl, over HTTP/1.1 and HTTP/2, with the token in a file or on stdin.

use narrowgate_tests::grant::project;
use narrowgate_tests::{Bearer, Finished, TestGate, run, world};
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn curl_over_both_versions_of_http() {
    let gate = TestGate::start().await;
    let token =
        gate.maintainer().token(&[project(world::WEB, &["read_work_item", "create_work_item"])]).await;
    for version in ["--http1.1", "--http2-prior-knowledge"] {
        for (path, status) in [
            ("/api/v4/projects/20/issues", "200"),
            ("/api/v4/projects/21/issues", "403"),
            ("/api/v4/projects/34", "404"),
            ("/api/v4/projects/20/jobs", "403"),
        ] {
            assert_eq!(curl(&gate, &token, version, &[path]).await, status, "{version} {path}");
        }
    }
    let several = ["/api/v4/projects/20/issues", "/api/v4/projects/21/issues", "/api/v4/projects/20/issues"];
    assert_eq!(curl(&gate, &token, "--http1.1", &several).await, "200 403 200");
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_with_the_header_in_a_file() {
    let gate = TestGate::start().await;
    let token =
        gate.maintainer().token(&[project(world::WEB, &["read_work_item", "create_work_item"])]).await;
    let file = gate.folder().join("header");
    std::fs::write(&file, format!("Authorization: Bearer {}\n", token.text())).expect("a file");
    let header = format!("@{}", file.display());
    let url = format!("{}/api/v4/projects/20/issues", gate.url());
    let mut command = plain_curl();
    command.args(["--header", &header, "--data", "title=by curl", "--write-out", "\n%{http_code}", &url]);
    let made = run(&mut command, "").await.assert_ok();
    assert!(made.stdout.ends_with("\n201"), "{}", made.stdout);
    assert!(made.stdout.contains("by curl"), "{}", made.stdout);

    let mut expecting = plain_curl();
    let body = format!("title=expected&description={}", "d".repeat(100_000));
    expecting.args(["--header", &header, "--header", "Expect: 100-continue", "--data", "@-"]);
    let made = run(expecting.args(["--write-out", "\n%{http_code}", &url]), &body).await.assert_ok();
    assert!(made.stdout.ends_with("\n201"), "{}", made.stdout);
}

fn plain_curl() -> Command {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--max-time", "30", "--noproxy", "*"]);
    command
}

/// Asks for each path on one connection; gives the statuses.
async fn curl(gate: &TestGate, bearer: &Bearer, version: &str, paths: &[&str]) -> String {
    let mut config =
        format!("header = \"PRIVATE-TOKEN: {}\"\nwrite-out = \"%{{http_code}} \"\n", bearer.text());
    for path in paths {
        config.push_str(&format!("url = \"{}{path}\"\noutput = \"/dev/null\"\n", gate.url()));
    }
    let Finished { stdout, .. } =
        run(plain_curl().args([version, "--config", "-"]), &config).await.assert_ok();
    stdout.trim().to_owned()
}
