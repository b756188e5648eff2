use narrowgate_graphql::schema::{INTROSPECTION_NAME, INTROSPECTION_QUERY};
use serde_json::json;

use crate::support::{Place, connected, http};

#[test]
fn one_operation_is_one_line() {
    let run = Place::new().run(&["needs", "GET /projects/1/issues"]);
    assert_eq!(run.done(), "GET\t/projects/1/issues\tread_work_item\tproject\t/projects/:id/issues\n");
}

#[test]
fn lines_from_stdin_are_answered_in_order_and_an_uncovered_one_fails() {
    let lines = "GET /projects/acme%2Fweb/jobs?scope[]=failed\n\
        GET /api/v4/projects/acme%2Fweb/jobs/7/trace\n\
        \n\
        HEAD /projects/1/repository/files/README.md\n\
        GET /groups/:id/(-/)epics/:epic_iid/epics\n\
        POST /projects/1/issues/2/move\n\
        GET /broadcast_messages\n\
        POST /jobs/request\n\
        GET /projects/1/issues.json\n\
        GET /projects/1/no_such_thing\n\
        TRACE /projects/1\n";
    insta::assert_snapshot!(Place::new().feed(lines, &["needs", "-"]));
}

#[test]
fn covered_lines_are_done() {
    let run = Place::new().feed("GET /user\nGET /projects\n", &["needs", "-"]);
    assert_eq!(run.done().lines().count(), 2);
}

#[test]
fn unreadable_line_is_named() {
    insta::assert_snapshot!(Place::new().feed("GET /user\nGET\n", &["needs", "-"]));
}

#[test]
fn json_tells_each_need_and_where_its_boundary_is_found() {
    let run = Place::new().feed(
        "POST /projects/1/issues/2/move\nGET /version\nGET /nope\n",
        &["needs", "--format", "json", "-"],
    );
    insta::assert_snapshot!(run);
}

#[test]
fn overlay_covers_an_operation_of_its_own() {
    let place = Place::new();
    place.write(
        "overlay/in_house/badge.toml",
        "resource = \"Plant\"\ncategory = \"In house\"\nabout = \"Plants\"\n\n\
         [water]\nboundaries = [\"project\"]\nrole = \"developer\"\nrest = [\"POST /projects/:id/plants/:plant_id/water\"]\n",
    );
    let run = place.run(&["needs", "--catalog", "overlay", "POST /projects/1/plants/2/water"]);
    assert!(run.done().contains("\twater_plant\tproject\t"), "{run}");
}

/// Asks for a project and what is in it, and about something that belongs to nobody.
const DOCUMENT: &str = "query Triage($path: ID!) {
  project(fullPath: $path) {
    name
    issues { count nodes { title author { username } } }
    pipelines { nodes { status } }
  }
  currentUser { username }
}
mutation Close($path: ID!) {
  updateIssue(input: { projectPath: $path, iid: \"1\", stateEvent: CLOSE }) { issue { state } }
}
";

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_answered_part_by_part_and_with_the_least_grants() {
    let (_sandbox, place) = connected().await;
    place.write("triage.graphql", DOCUMENT);
    let query = place.run(&["needs", "--graphql", "triage.graphql", "--operation", "Triage"]);
    let change = place.feed(DOCUMENT, &["needs", "--graphql", "-", "--operation=Close", "--format=json"]);
    insta::assert_snapshot!(format!("{query}\n{change}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_decide_what_is_asked_for() {
    let (_sandbox, place) = connected().await;
    let document = "query($all: Boolean!) { currentUser { username @include(if: $all) id } \
                    project(fullPath: \"acme/web\") @include(if: $all) { name } }";
    place.write("some.json", "{\"all\": false}");
    place.write("all.json", "{\"all\": true}");
    let lines = |variables: &str| {
        let run = place.feed(document, &["needs", "--graphql", "-", "--variables", variables]);
        run.done().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(!lines("some.json").join("\n").contains("read_project"));
    assert!(lines("all.json").join("\n").contains("read_project"));
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_held_against_a_schema_without_a_connection_too() {
    let (sandbox, connected) = connected().await;
    let place = Place::new();
    let body = json!({ "query": INTROSPECTION_QUERY, "operationName": INTROSPECTION_NAME });
    let asked = http().post(format!("{}/api/graphql", sandbox.base_url())).json(&body).send().await.unwrap();
    place.write("schema.json", &asked.text().await.unwrap());
    let arguments = ["needs", "--graphql", "-", "--operation", "Triage"];
    let expected = connected.feed(DOCUMENT, &arguments).done().to_owned();
    for schema in ["schema.json", sandbox.base_url()] {
        let run = place.feed(DOCUMENT, &[&arguments[..], &["--schema", schema]].concat());
        assert_eq!(run.done(), expected, "{schema}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_documents_are_told_line_and_column() {
    let (_sandbox, place) = connected().await;
    let ask = |document: &str, more: &[&str]| {
        place.feed(document, &[&["needs", "--graphql", "-"], more].concat()).to_string()
    };
    let runs = [
        ask("{ project(fullPath: \"a/b\") {\n  name\n", &[]),
        ask("{\n  project(fullPath: \"a/b\") { nmae colour }\n}", &[]),
        ask(DOCUMENT, &[]),
        ask(DOCUMENT, &["--operation", "Tidy"]),
        ask("{ currentUser { id } }", &["--variables", "nothing.json"]),
        ask("subscription { issuableUpdated(issuableId: \"gid://gitlab/Issue/1\") { __typename } }", &[]),
    ];
    insta::assert_snapshot!(runs.join("\n"));
}

#[test]
fn a_request_and_a_document_exclude_each_other() {
    let place = Place::new();
    for arguments in [
        &["GET /user", "--graphql", "-"][..],
        &["GET /user", "--variables", "a.json"],
        &["GET /user", "--schema", "a.json"],
        &["--variables", "a.json"],
        &[],
    ] {
        assert_eq!(place.run(&[&["needs"], arguments].concat()).code, Some(1), "{arguments:?}");
    }
}
