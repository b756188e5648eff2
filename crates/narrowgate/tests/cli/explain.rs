use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::{Place, Run, Serving, connect, connected, http};

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

#[tokio::test(flavor = "multi_thread")]
async fn root_fields_and_mutations_of_a_document_are_decided() {
    let (_sandbox, place) = connected().await;
    let token = create(&place, &READER);
    let query = "query Look {
  web: project(fullPath: \"acme/web\") { name issues { nodes { title author { username } } } }
  project(fullPath: \"acme/api\") { name }
  vault: project(fullPath: \"root/vault\") { name }
  currentUser { username }
}
mutation Change {
  updateIssue(input: { projectPath: \"acme/web\", iid: \"1\", title: \"x\" }) { errors }
}";
    place.write("look.graphql", query);
    let ask = |arguments: &[&str]| {
        explain(&place, &token, &[&["--graphql", "look.graphql"], arguments].concat()).to_string()
    };
    insta::assert_snapshot!(
        [ask(&["--operation=Look"]), ask(&["--operation=Change", "--format=json"])].join("\n")
    );
    let wider =
        create(&place, &["--permission=read_project,read_work_item,update_work_item", "--project=acme/web"]);
    let run = explain(&place, &wider, &["--graphql=look.graphql", "--operation=Change"]);
    assert_eq!(run.code, Some(0), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_are_not_decided_by_objects_are_told_apart() {
    let (_sandbox, place) = connected().await;
    let legacy = create(&place, &["--scope=read_api"]);
    let reader = create(&place, &READER);
    let dead = create(&place, &READER);
    place.run(&["token", "revoke", "3"]).done();
    place.write("query.graphql", "{ currentUser { username } }");
    place.write(
        "change.graphql",
        "mutation { createNote(input: {noteableId: \"x\", body: \"y\"}) { errors } }",
    );
    place.write("own.graphql", "{ accessTokenPermissions { name } }");
    place.write("mixed.graphql", "{ accessTokenPermissions { name } currentUser { username } }");
    let ask = |token: &str, file: &str| {
        format!("$ narrowgate explain --graphql {file}\n{}", explain(&place, token, &["--graphql", file]))
    };
    let runs = [
        ask(&legacy, "query.graphql"),
        ask(&legacy, "change.graphql"),
        ask(&reader, "own.graphql"),
        ask(&reader, "mixed.graphql"),
        ask(&dead, "query.graphql"),
    ];
    insta::assert_snapshot!(runs.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_and_the_token_do_not_share_stdin() {
    let (_sandbox, mut place) = connected().await;
    let token = create(&place, &READER);
    let document = "{ currentUser { nmae } }";
    let both = place.feed(document, &["explain", "--graphql", "-"]);
    place.set("NARROWGATE_TOKEN", token.trim_end());
    let wrong = place.feed(document, &["explain", "--graphql", "-"]);
    insta::assert_snapshot!(format!("{both}\n{wrong}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acts_as_another_user_is_held_to_both() {
    let (sandbox, place) = connected().await;
    connect(&sandbox, &place, "root").done();
    assert!(sandbox.set_project_role(20, "root", 40));
    let grant = ["--user=root", "--permission=read_work_item,delete_project", "--all-memberships"];
    let (able, unable) = (create(&place, &grant), create(&place, &grant));
    let maria = create(&place, &["--user=maria", "--permission=read_work_item", "--all-memberships"]);
    let serving = Serving::start(&place, &[]);
    let edit = http().patch(format!("{}/api/narrowgate/v1/tokens/1", serving.url()));
    let edit = edit.header("private-token", sandbox.native_token("root").unwrap().expose_secret());
    assert_eq!(edit.json(&json!({ "sudo": true })).send().await.unwrap().status(), 200);
    place.write("query.graphql", "{ currentUser { username } }");
    let ask = |token: &str, arguments: &[&str]| {
        format!("$ narrowgate explain {}\n{}", arguments.join(" "), explain(&place, token, arguments))
    };
    let issues = "GET /projects/acme%2Fweb/issues";
    let runs = [
        ask(&able, &["--sudo=gus", issues]),
        ask(&able, &["--sudo=gus", "DELETE /projects/acme%2Fweb"]),
        ask(&able, &["--sudo=nobody-there", issues]),
        ask(&able, &["--sudo=gus", "GET /personal_access_tokens"]),
        ask(&able, &["--sudo=gus", "--graphql=query.graphql"]),
        ask(&unable, &["--sudo=gus", issues]),
        ask(&maria, &["--sudo=gus", issues]),
    ];
    insta::assert_snapshot!(runs.join("\n"));
}
