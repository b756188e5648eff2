//! CI job tokens: issued by Narrowgate's own API, carried as GitLab's are.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use narrowgate_tests::grant::project;
use narrowgate_tests::world::{ACME, API, DEV, DEV_HOME, GUS, INFRA, WEB};
use narrowgate_tests::{Bearer, GitClient, LoginBy, Reply, TestGate, run};
use serde_json::{Value, json};
use tokio::process::Command;

/// What a CI system holds: it makes and ends tokens of the jobs of acme/web, and nothing else.
async fn ci_system(gate: &TestGate) -> Bearer {
    gate.maintainer().token(&[project(WEB, &["create_ci_job_token", "revoke_ci_job_token"])]).await
}

async fn issue(ci: &Bearer, body: &Value) -> Reply {
    ci.own("POST", "/projects/acme%2Fweb/job_tokens").json(body).send().await
}

/// The token of job 7 of acme/web, which dev triggered.
pub(crate) async fn job_of_web(gate: &TestGate) -> Bearer {
    let reply = issue(&ci_system(gate).await, &json!({"job_id": 7, "user_id": DEV})).await;
    gate.holder_of_new(&reply.assert_status(201))
}

pub(crate) async fn get(job: &Bearer, path: &str) -> Reply {
    job.call("GET", path).without_token().header("job-token", job.text()).send().await
}

pub(crate) async fn allow(gate: &TestGate, project: u64, list: &Value) {
    let path = format!("/projects/{project}/job_token_allowlist");
    gate.maintainer().native().own("PUT", &path).json(list).send().await.assert_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_token_arrives_in_every_way_of_gitlab() {
    let gate = TestGate::start().await;
    let job = job_of_web(&gate).await;
    assert!(job.text().starts_with("ngcbt-"));
    get(&job, "/projects/20/jobs").await.assert_ok();
    let parameter = format!("/projects/20/jobs?job_token={}", job.text());
    job.call("GET", &parameter).without_token().send().await.assert_ok();
    let pair = BASE64_STANDARD.encode(format!("gitlab-ci-token:{}", job.text()));
    let basic = format!("Basic {pair}");
    let git = job.call("GET", "").at_root("/acme/web.git/info/refs?service=git-upload-pack");
    git.without_token().header("authorization", &basic).send().await.assert_ok();
    assert_eq!(curl(&gate, &job, "/api/v4/projects/20/jobs").await, "200");
    assert_eq!(curl(&gate, &job, "/api/v4/projects/20/issues").await, "404");
    // As a personal token it counts for nothing.
    job.get("/projects/20/jobs").await.assert_status(401);
    let twice = job.call("GET", "/projects/20/jobs").header("job-token", job.text()).send().await;
    assert_eq!(twice.status / 100, 4, "{}", twice.summary());
}

/// curl as in a job's script, with the header on stdin.
async fn curl(gate: &TestGate, job: &Bearer, path: &str) -> String {
    let config = format!(
        "header = \"JOB-TOKEN: {}\"\nurl = \"{}{path}\"\noutput = \"/dev/null\"\nwrite-out = \"%{{http_code}}\"\n",
        job.text(),
        gate.url()
    );
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--max-time", "30", "--noproxy", "*", "--config", "-"]);
    run(&mut command, &config).await.assert_ok().stdout
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_token_reaches_what_is_open_to_jobs() {
    let gate = TestGate::start().await;
    let job = job_of_web(&gate).await;
    get(&job, "/projects/20/jobs").await.assert_ok();
    get(&job, "/projects/20/releases").await.assert_ok();
    for closed in [
        "/projects/20",
        "/projects/20/issues",
        "/projects/20/variables",
        "/user",
        "/personal_access_tokens",
        "/personal_access_tokens/self",
    ] {
        get(&job, closed).await.assert_status(404);
    }
    // Other projects, though dev is a member of the first three.
    for other in [API, INFRA, DEV_HOME, 34] {
        get(&job, &format!("/projects/{other}/jobs")).await.assert_status(404);
    }
    let another = job.own("POST", "/projects/20/job_tokens").without_token().header("job-token", job.text());
    another.json(&json!({"job_id": 8, "user_id": DEV})).send().await.assert_status(404);
    // The user's own rights bound the job's.
    let released = json!({"tag_name": "v1", "ref": "main", "name": "v1"});
    let guest = issue(&ci_system(&gate).await, &json!({"job_id": 9, "user_id": GUS})).await;
    let guest = gate.holder_of_new(&guest.assert_status(201));
    let release = guest.call("POST", "/projects/20/releases").without_token();
    let refused = release.header("job-token", guest.text()).json(&released).send().await;
    assert_eq!(refused.status / 100, 4, "{}", refused.summary());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowlist_opens_a_project_to_jobs_of_another() {
    let gate = TestGate::start().await;
    let job = job_of_web(&gate).await;
    get(&job, "/projects/22/jobs").await.assert_status(404);
    let entry =
        |policies: &[&str]| json!({"entries": [{"type": "project", "id": WEB, "policies": policies}]});
    allow(&gate, INFRA, &entry(&["READ_JOBS"])).await;
    get(&job, "/projects/22/jobs").await.assert_ok();
    get(&job, "/projects/22/releases").await.assert_status(403);
    get(&job, "/projects/22/issues").await.assert_status(404);
    allow(&gate, INFRA, &entry(&["READ_RELEASES"])).await;
    get(&job, "/projects/22/jobs").await.assert_status(403);
    get(&job, "/projects/22/releases").await.assert_ok();
    // A group on the list stands for all that is in it, with default permissions where no policies are named.
    allow(&gate, INFRA, &json!({"entries": [{"type": "group", "id": ACME}]})).await;
    get(&job, "/projects/22/jobs").await.assert_ok();
    get(&job, "/projects/22/releases").await.assert_ok();
    get(&job, "/projects/21/jobs").await.assert_status(404);
    allow(&gate, INFRA, &json!({"entries": []})).await;
    get(&job, "/projects/22/jobs").await.assert_status(404);
    get(&job, "/projects/20/jobs").await.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_clones_what_lets_it_in_and_pushes_to_its_own() {
    let gate = TestGate::start().await;
    let job = job_of_web(&gate).await;
    let (web, infra) =
        (format!("{}/acme/web.git", gate.url()), format!("{}/acme/platform/infra.git", gate.url()));
    let git = GitClient::of(&job, LoginBy::Job);
    git.clone(&web, "web").await.assert_ok();
    assert!(git.path("web").join("README.md").is_file());
    git.clone(&infra, "infra").await.assert_failed("not found");
    allow(&gate, INFRA, &json!({"entries": [{"type": "project", "id": WEB}]})).await;
    git.clone(&infra, "infra").await.assert_ok();

    git.commit("web", "job.txt", b"by a job").await;
    let web_clone = git.path("web");
    let push = ["push", "--quiet", "origin", "HEAD:refs/heads/by-a-job"];
    assert!(!git.run(&web_clone, &push).await.succeeded(), "a project's jobs push only where it says so");
    allow(&gate, WEB, &json!({"push": true, "entries": []})).await;
    git.run(&web_clone, &push).await.assert_ok();
    git.commit("infra", "job.txt", b"by a job").await;
    assert!(!git.run(&git.path("infra"), &push).await.succeeded(), "and only to their own project");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_token_ends_with_its_job() {
    let gate = TestGate::start().await;
    let ci = ci_system(&gate).await;
    let job = job_of_web(&gate).await;
    get(&job, "/projects/20/jobs").await.assert_ok();
    ci.own("DELETE", "/projects/20/job_tokens/7").send().await.assert_status(204);
    get(&job, "/projects/20/jobs").await.assert_status(401);
    GitClient::of(&job, LoginBy::Job)
        .clone(&format!("{}/acme/web.git", gate.url()), "web")
        .await
        .assert_failed("");
    ci.own("DELETE", "/projects/20/job_tokens/7").send().await.assert_status(204);

    let short = issue(&ci, &json!({"job_id": 8, "user_id": DEV, "timeout_seconds": 1})).await;
    let short = gate.holder_of_new(&short.assert_status(201));
    tokio::time::sleep(Duration::from_millis(1100)).await;
    get(&short, "/projects/20/jobs").await.assert_status(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn job_tokens_are_made_by_whoever_may() {
    let gate = TestGate::start().await;
    let body = json!({"job_id": 7, "user_id": DEV});
    let reader = gate.maintainer().token(&[project(WEB, &["read_job"])]).await;
    issue(&reader, &body).await.assert_denied("create_ci_job_token");
    let elsewhere = gate.maintainer().token(&[project(API, &["create_ci_job_token"])]).await;
    issue(&elsewhere, &body).await.assert_denied("create_ci_job_token");
    let ci = ci_system(&gate).await;
    issue(&ci, &json!({"job_id": 7, "user_id": 99})).await.assert_status(422);
    issue(&ci, &json!({"job_id": 0, "user_id": DEV})).await.assert_status(422);
    issue(&ci, &json!({"job_id": 7})).await.assert_status(422);
    let body = json!({"entries": []});
    ci.own("PUT", "/projects/20/job_token_allowlist").json(&body).send().await.assert_status(403);
    gate.nobody().own("POST", "/projects/20/job_tokens").json(&body).send().await.assert_status(401);
}
