use serde_json::Value;

use crate::support::{Place, Run, connect, connected};

/// A new token of maria's.
fn create(place: &Place, privileges: &[&str]) -> String {
    let mut arguments = vec!["token", "create", "--name=asked about"];
    arguments.extend(privileges);
    place.run(&arguments).done().to_owned()
}

fn explain(place: &Place, token: &str, arguments: &[&str]) -> Run {
    let mut whole = vec!["explain"];
    whole.extend(arguments);
    place.feed(token, &whole)
}

const READER: [&str; 2] = ["--permission=read_work_item", "--project=acme/web"];

#[tokio::test(flavor = "multi_thread")]
async fn each_step_of_the_decision_is_told() {
    let (_sandbox, place) = connected().await;
    let token = create(&place, &READER);
    let runs: Vec<String> = [
        "GET /projects/acme%2Fweb/issues",
        "DELETE /projects/acme%2Fweb/issues/1",
        "GET /api/v4/projects/21/issues",
        "GET /projects/root%2Fvault/issues",
        "GET /projects/20/no_such_thing",
        "GET /projects/20/issues.json",
        "POST /acme/web.git/git-upload-pack",
    ]
    .iter()
    .map(|request| format!("$ narrowgate explain '{request}'\n{}", explain(&place, &token, &[request])))
    .collect();
    insta::assert_snapshot!(runs.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn suggested_grant_allows_the_request() {
    let (_sandbox, place) = connected().await;
    let token = create(&place, &READER);
    let request = "DELETE /projects/acme%2Fapi/issues/1";
    let denied = explain(&place, &token, &["--format=json", request]);
    assert_eq!(denied.code, Some(2), "{denied}");
    let answer: Value = serde_json::from_str(&denied.stdout).unwrap();
    let grant = &answer["suggestion"]["granular_scopes"][0];
    let privileges = [
        format!("--permission={}", grant["permissions"][0].as_str().unwrap()),
        format!("--project={}", grant["project_ids"][0]),
    ];
    let wider = create(&place, &privileges.each_ref().map(String::as_str));
    assert_eq!(explain(&place, &wider, &[request]).code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn legacy_and_dead_tokens_are_explained() {
    let (_sandbox, place) = connected().await;
    let token = create(&place, &["--scope=read_api"]);
    let scope = explain(&place, &token, &["POST /projects/acme%2Fweb/issues"]);
    place.run(&["token", "revoke", "1"]).done();
    let revoked = explain(&place, &token, &["GET /projects/acme%2Fweb/issues"]);
    insta::assert_snapshot!(format!("{scope}\n{revoked}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn role_that_is_too_low_is_noted() {
    let (sandbox, place) = connected().await;
    connect(&sandbox, &place, "gus").done();
    let token = create(&place, &["--user=gus", "--permission=push_code", "--project=acme/web"]);
    let run = explain(&place, &token, &["POST /acme/web.git/git-receive-pack"]);
    assert!(run.done().contains("the owner is Guest, and no token lifts a role"), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn token_comes_from_the_variable_too_and_is_never_printed() {
    let (_sandbox, mut place) = connected().await;
    let token = create(&place, &READER);
    place.set("NARROWGATE_TOKEN", token.trim_end());
    let run = explain(&place, "", &["GET /projects/acme%2Fweb/issues"]);
    assert!(!run.done().contains(token.trim_end()));
    place.set("NARROWGATE_TOKEN", &token.trim_end().replace("ngpat-", "ngpat-x"));
    let wrong = explain(&place, "", &["GET /projects/acme%2Fweb/issues"]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stderr.contains("hint: ") && !wrong.stderr.contains("ngpat-x"), "{wrong}");
}
