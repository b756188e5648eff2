//! What documents name: how much of it is looked up, and how fresh that has to be.

use narrowgate_sandbox::{Sandbox, SandboxConfig, SeenRequest};
use narrowgate_tests::grant::project;
use narrowgate_tests::world::{API, WEB};
use narrowgate_tests::{Bearer, TestGate};
use serde_json::{Value, json};

async fn furnished() -> TestGate {
    let config = SandboxConfig { furnished: true, ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.expect("the sandbox starts");
    TestGate::builder().sandbox(sandbox).start().await
}

async fn ask(token: &Bearer, document: &str) -> Value {
    token.graphql(document, json!({})).await.assert_status(200).json()
}

fn mutations(gate: &TestGate) -> Vec<String> {
    let operations = gate.sandbox().requests().into_iter().flat_map(|seen| seen.graphql);
    operations.filter(|operation| operation.mutation).flat_map(|operation| operation.fields).collect()
}

/// How many projects the gate has asked for by their paths.
fn paths_asked(gate: &TestGate) -> usize {
    let is_path = |seen: &SeenRequest| seen.path.contains("/projects/") && seen.path.contains("%2F");
    gate.sandbox().requests().iter().filter(|seen| is_path(seen)).count()
}

/// Issues of so many projects moved to as many others.
fn moves(count: usize) -> String {
    let one = |n: usize| {
        format!(
            "m{n}: issueMove(input: {{projectPath: \"acme/a{n}\", iid: \"1\", targetProjectPath: \"acme/b{n}\"}}) {{ errors }} "
        )
    };
    format!("mutation {{ {}}}", (0..count).map(one).collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_names_so_many_places_and_no_more() {
    let gate = furnished().await;
    let token = gate.maintainer().token(&[project(WEB, &["update_work_item"])]).await;
    let most = ask(&token, &moves(100)).await;
    let refused = most["errors"].as_array().expect("errors");
    assert_eq!((most["data"].as_object().map(serde_json::Map::len), refused.len()), (Some(100), 100));
    assert!(refused.iter().all(|error| error["extensions"]["narrowgate"]["reason"] == "not_found"), "{most}");
    assert!(paths_asked(&gate) >= 200, "{}", paths_asked(&gate));

    gate.sandbox().clear_requests();
    let more = ask(&token, &moves(101)).await;
    let message = "the document names more than 200 projects, groups and records";
    assert_eq!(more, json!({"errors": [{"message": message}]}));
    assert_eq!((paths_asked(&gate), mutations(&gate)), (0, Vec::new()));
}

const ISSUES: &str = "{ project(fullPath: \"acme/web\") { id issues { nodes { title } } } }";
const CREATE: &str =
    "createIssue(input: {projectPath: \"acme/web\", title: \"new\"}) { issue { webUrl } errors }";

#[tokio::test(flavor = "multi_thread")]
async fn a_change_looks_up_anew_what_a_query_took_as_known() {
    let gate = furnished().await;
    let held = ["read_project", "read_work_item", "create_work_item", "update_work_item"];
    let token = gate.maintainer().token(&[project(WEB, &held)]).await;
    let before = ask(&token, ISSUES).await;
    assert_eq!(before["data"]["project"]["id"], "gid://gitlab/Project/20", "{before}");

    // The directory still takes `acme/web` for project 20; the instance no longer does.
    assert!(gate.sandbox().rename_project(WEB, "old"));
    assert!(gate.sandbox().rename_project(API, "web"));
    gate.sandbox().clear_requests();
    let other = ask(&token, ISSUES).await;
    assert_eq!(paths_asked(&gate), 0, "a query asks nothing that is known");
    assert_eq!(other["data"], json!({"project": null}), "each object tells its place itself: {other}");

    // Whatever else the request holds: all its look-ups are as fresh as those of the change.
    let batch = json!([{"query": ISSUES}, {"query": format!("mutation {{ {CREATE} }}")}]);
    let both =
        token.call("POST", "").at_root("/api/graphql").json(&batch).send().await.assert_status(200).json();
    assert_eq!(both[0]["data"], json!({"project": null}), "{both}");
    assert_eq!(both[1]["data"], json!({"createIssue": null}), "{both}");
    let reason = &both[1]["errors"][0]["extensions"]["narrowgate"]["reason"];
    assert_eq!(reason, "outside_boundary", "{both}");
    let moved = "mutation { issueMove(input: {projectPath: \"acme/old\", iid: \"1\", targetProjectPath: \"acme/web\"}) { errors } }";
    let moved = ask(&token, moved).await;
    assert_eq!(moved["data"], json!({"issueMove": null}), "the second place is as fresh: {moved}");
    assert_eq!(mutations(&gate), Vec::<String>::new());

    let own = ask(&token, &format!("mutation {{ {} }}", CREATE.replace("acme/web", "acme/old"))).await;
    let page = own["data"]["createIssue"]["issue"]["webUrl"].as_str().expect("an issue");
    assert!(page.contains("/acme/old/-/issues/"), "{own}");
    assert_eq!(mutations(&gate), ["createIssue"]);
}
