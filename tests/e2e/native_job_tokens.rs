//! GitLab's own job tokens: recognised while their job runs, held to Narrowgate's rules, forwarded as they came.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use narrowgate_tests::world::{INFRA, WEB};
use narrowgate_tests::{Bearer, GitClient, LoginBy, TestGate};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::job_tokens::{allow, get};

/// For how long the gate may go on believing that a job runs, and a little more.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running job of acme/web that dev triggered: its number, and whoever holds its token.
fn running_job(gate: &TestGate) -> (u64, Bearer) {
    let job = gate.sandbox().start_job(WEB, "dev").expect("a project and a user");
    (job.id, gate.holder_of(job.token.expose_secret()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_native_job_token_arrives_in_every_way_of_gitlab() {
    let gate = TestGate::start().await;
    let (id, job) = running_job(&gate);
    assert!(job.text().starts_with("glcbt-"));
    get(&job, "/projects/20/jobs").await.assert_ok();
    let parameter = format!("/projects/20/jobs?job_token={}", job.text());
    job.call("GET", &parameter).without_token().send().await.assert_ok();
    let bearer = job.call("GET", "/projects/20/jobs").without_token();
    bearer.header("authorization", &format!("Bearer {}", job.text())).send().await.assert_ok();
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("gitlab-ci-token:{}", job.text())));
    let git = job.call("GET", "").at_root("/acme/web.git/info/refs?service=git-upload-pack").without_token();
    git.header("authorization", &basic).send().await.assert_ok();
    let itself = get(&job, "/job").await.assert_ok().json();
    assert_eq!((&itself["id"], &itself["user"]["username"]), (&json!(id), &json!("dev")));
    // As a personal token it counts for nothing, and neither does one that no job has.
    job.get("/projects/20/jobs").await.assert_status(401);
    get(&gate.holder_of("glcbt-64_nothing-but-letters"), "/projects/20/jobs").await.assert_status(401);
    // The instance sees the job's token, not the connection's credential.
    gate.sandbox().clear_requests();
    get(&job, "/projects/20/releases").await.assert_ok();
    let seen = gate.sandbox().requests();
    let forwarded = seen.iter().find(|seen| seen.path.ends_with("/releases")).expect("a request");
    let carriers: Vec<_> = forwarded.credentials.iter().map(|found| found.carrier.as_str()).collect();
    assert_eq!(carriers, ["JOB-TOKEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_native_job_token_is_held_to_the_allowlist() {
    let gate = TestGate::start().await;
    let (_, job) = running_job(&gate);
    for open in ["/projects/20/jobs", "/projects/20/releases"] {
        get(&job, open).await.assert_ok();
    }
    for closed in ["/projects/20", "/projects/20/issues", "/projects/20/variables", "/projects/34/jobs"] {
        get(&job, closed).await.assert_hidden();
    }
    // dev may read it, and GitLab would let the job in: Narrowgate asks the allowlist.
    gate.sandbox().clear_requests();
    get(&job, "/projects/22/jobs").await.assert_hidden();
    assert!(!gate.sandbox().requests().iter().any(|seen| seen.path.ends_with("/jobs")));
    let entry =
        |policies: &[&str]| json!({"entries": [{"type": "project", "id": WEB, "policies": policies}]});
    allow(&gate, INFRA, &entry(&["READ_JOBS"])).await;
    get(&job, "/projects/22/jobs").await.assert_ok();
    get(&job, "/projects/22/releases").await.assert_status(403).assert_reason("policy_missing");
    allow(&gate, INFRA, &entry(&["READ_RELEASES"])).await;
    get(&job, "/projects/22/jobs").await.assert_status(403);
    get(&job, "/projects/22/releases").await.assert_ok();
    allow(&gate, INFRA, &json!({"entries": []})).await;
    get(&job, "/projects/22/releases").await.assert_hidden();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_native_job_clones_and_ends() {
    let gate = TestGate::start().await;
    let (id, job) = running_job(&gate);
    let git = GitClient::of(&job, LoginBy::Job);
    let url = |path: &str| format!("{}/{path}.git", gate.url());
    git.clone(&url("acme/web"), "web").await.assert_ok();
    assert!(git.path("web").join("README.md").is_file());
    git.clone(&url("acme/platform/infra"), "infra").await.assert_failed("not found");
    git.commit("web", "job.txt", b"by a job").await;
    let push = git.run(&git.path("web"), &["push", "--quiet", "origin", "HEAD:refs/heads/by-a-job"]).await;
    assert!(!push.succeeded(), "a project's jobs push only where it says so");

    assert!(gate.sandbox().finish_job(WEB, id));
    let start = Instant::now();
    loop {
        let reply = get(&job, "/projects/20/jobs").await;
        if reply.status == 401 && reply.reason() == "unknown" {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "the job has ended: {}", reply.summary());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    get(&job, "/job").await.assert_status(401);
    git.clone(&url("acme/web"), "again").await.assert_failed("");
}
