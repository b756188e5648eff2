//! Whom a request counts as: another user by `Sudo`, a job by its token.

use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::support::{Answer, Forge, read};

const INSUFFICIENT: &str = "The request requires higher privileges than provided by the access token.";

async fn sudo(forge: &Forge, token: &str, query: &str, header: Option<&str>) -> Answer {
    let mut request = forge.request(Method::GET, "", &format!("/api/v4/user{query}")).bearer_auth(token);
    if let Some(name) = header {
        request = request.header("Sudo", name);
    }
    read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn an_administrator_acts_as_whom_the_request_names() {
    let forge = Forge::start().await;
    let root = forge.token("root");
    for (query, header) in [
        ("", Some("dev")),
        ("", Some("DEV")),
        ("", Some("3")),
        ("?sudo=dev", None),
        ("?sudo=3", None),
        ("?sudo=dev", Some("maria")),
    ] {
        let shown = sudo(&forge, &root, query, header).await.expect(200);
        assert_eq!(shown.body["username"], "dev", "{query} {header:?}");
        assert_eq!(shown.body.get("is_admin"), None);
    }
    let body = json!({ "title": "by dev", "sudo": "dev" });
    let issue = forge.post("root", "/projects/20/issues", body).await.expect(201);
    assert_eq!(issue.body["author"]["username"], "dev");
    // What the other may not see is not there.
    let hidden = forge.request(Method::GET, "root", "/api/v4/projects/34").header("Sudo", "dev");
    read(hidden.send().await.unwrap()).await.expect(404);
}

#[tokio::test]
async fn everybody_else_is_refused() {
    let forge = Forge::start().await;
    let narrow = forge.sandbox.mint_native("root", &["api"]).unwrap();
    let refused = sudo(&forge, narrow.expose_secret(), "", Some("dev")).await.expect(403);
    let expected =
        json!({ "error": "insufficient_scope", "error_description": INSUFFICIENT, "scope": "sudo" });
    assert_eq!(refused.body, expected);
    let maria = forge.sandbox.mint_native("maria", &["api", "sudo"]).unwrap();
    let refused = sudo(&forge, maria.expose_secret(), "", Some("dev")).await.expect(403);
    assert_eq!(refused.body, json!({ "message": "403 Forbidden - Must be admin to use sudo" }));
    let root = forge.token("root");
    for nobody in ["nobody", "99"] {
        let missing = sudo(&forge, &root, "", Some(nobody)).await.expect(404);
        let text = format!("404 User with ID or username '{nobody}' Not Found");
        assert_eq!(missing.body, json!({ "message": text }));
    }
    let nobody = forge.request(Method::GET, "", "/api/v4/projects").header("Sudo", "dev");
    read(nobody.send().await.unwrap()).await.expect(401);
}

#[tokio::test]
async fn a_job_is_shown_by_its_token_while_it_runs() {
    let forge = Forge::start().await;
    let job = forge.sandbox.start_job(20, "dev").unwrap();
    let token = job.token.expose_secret();
    assert!(token.starts_with("glcbt-"));
    let page = |query: &str| forge.request(Method::GET, "", &format!("/api/v4/job{query}"));
    for request in [
        page("").header("JOB-TOKEN", token),
        page("").bearer_auth(token),
        page("").basic_auth("gitlab-ci-token", Some(token)),
        page(&format!("?job_token={token}")),
    ] {
        let shown = read(request.send().await.unwrap()).await.expect(200);
        assert_eq!((&shown.body["id"], &shown.body["status"]), (&json!(job.id), &json!("running")));
        assert_eq!(shown.body["user"]["username"], "dev");
        assert_eq!(shown.body["pipeline"]["project_id"], 20);
    }
    let get =
        |path: &str| forge.request(Method::GET, "", &format!("/api/v4{path}")).header("JOB-TOKEN", token);
    for (path, status) in [
        ("/projects/20/jobs", 200),
        ("/projects/20/releases", 200),
        ("/projects/34/jobs", 404),
        ("/projects/20/issues", 404),
        ("/projects/20", 404),
        ("/user", 401),
    ] {
        read(get(path).send().await.unwrap()).await.expect(status);
    }
    read(page("").header("PRIVATE-TOKEN", token).send().await.unwrap()).await.expect(401);
    read(page("").send().await.unwrap()).await.expect(401);
    assert_eq!(forge.get("dev", "/job").await.expect(404).body, json!({ "message": "404 Job Not Found" }));

    assert!(forge.sandbox.finish_job(20, job.id));
    read(page("").header("JOB-TOKEN", token).send().await.unwrap()).await.expect(401);
    assert!(!forge.sandbox.finish_job(20, job.id));
    let cancelled = forge.sandbox.start_job(20, "dev").unwrap();
    forge.post("dev", &format!("/projects/20/jobs/{}/cancel", cancelled.id), json!({})).await.expect(201);
    let gone = page("").header("JOB-TOKEN", cancelled.token.expose_secret());
    read(gone.send().await.unwrap()).await.expect(401);
    assert!(forge.sandbox.start_job(99, "dev").is_none());
}
