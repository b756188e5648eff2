//! Tokens of jobs, Narrowgate's own and the instance's.

use narrowgate_store::tokens::{JobRef, TokenKind, TokenPrivileges};

use crate::world::World;

fn request(line: &str, header: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: gate.example\r\nConnection: close\r\n{header}\r\n\r\n")
}

const ROWS: [(&str, u16); 5] = [
    ("GET /api/v4/projects/20/jobs", 200),
    ("GET /acme/web.git/info/refs?service=git-upload-pack", 200),
    // Its own project, which does not let its jobs push.
    ("GET /acme/web.git/info/refs?service=git-receive-pack", 403),
    ("GET /api/v4/projects/20/issues", 404),
    ("GET /api/v4/projects/20", 404),
];

#[tokio::test]
async fn a_job_reaches_what_is_open_to_jobs() {
    let mut world = World::start().await;
    let ends_at = narrowgate_store::time::Timestamp::parse("2026-06-25").ok();
    let job = Some(JobRef { project_id: 20, job_id: 7 });
    let made = world.add(TokenKind::Job, TokenPrivileges::Job, |new| (new.ends_at, new.job) = (ends_at, job));
    let (token, _) = made.await;
    for (line, status) in ROWS {
        let answer = world.raw(&request(line, &format!("JOB-TOKEN: {}", token.expose()))).await;
        assert_eq!(answer.status(), status, "{line}: {answer:?}");
        assert_eq!(world.upstream.take().len(), usize::from(status == 200), "{line}");
    }
    let own = world.raw(&request("GET /api/v4/job", &format!("JOB-TOKEN: {}", token.expose()))).await;
    assert_eq!(own.status(), 200, "{own:?}");
    assert_eq!(world.upstream.take()[0].target, "/api/v4/projects/20/jobs/7");
    let personal = world.ask("GET /api/v4/projects/20/jobs", &token, "", "").await;
    assert_eq!(personal.status(), 401, "{personal:?}");
}

#[tokio::test]
async fn a_native_job_token_is_held_to_the_same_rules_and_forwarded() {
    let world = World::start().await;
    for (line, status) in ROWS {
        let answer = world.raw(&request(line, "JOB-TOKEN: glcbt-64_abc")).await;
        assert_eq!(answer.status(), status, "{line}: {answer:?}");
        let seen = world.upstream.take();
        assert_eq!(seen.len(), usize::from(status == 200), "{line}");
        assert!(seen.iter().all(|seen| seen.header("job-token") == "glcbt-64_abc"), "{line}");
        assert!(seen.iter().all(|seen| seen.header("authorization").is_empty()), "{line}");
    }
}
