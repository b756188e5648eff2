//! What is explained is what happens.

use narrowgate_sandbox::{Sandbox, SandboxConfig};
use narrowgate_tests::grant::{memberships, project, user};
use narrowgate_tests::world::{API, WEB};
use narrowgate_tests::{Bearer, Reply, TestGate};
use serde_json::{Value, json};

/// A gate before a sandbox with something of everything.
async fn furnished() -> TestGate {
    let config = SandboxConfig { furnished: true, ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.expect("the sandbox starts");
    TestGate::builder().sandbox(sandbox).start().await
}

async fn ask(person: &Bearer, token: &Bearer, document: &Value) -> Reply {
    let path = format!("/tokens/{}/explain/graphql", token.id());
    person.own("POST", &path).json(&json!({"document": document})).send().await
}

/// The root fields that are refused, with the message of each: as they are explained, and as the gate refuses them.
async fn refused(person: &Bearer, token: &Bearer, document: &str) -> [Vec<(Value, Value)>; 2] {
    let explained = ask(person, token, &json!({"query": document})).await.assert_status(200).json();
    let fields = explained["fields"].as_array().cloned().unwrap_or_default();
    let fields = fields.into_iter().filter(|field| field["allowed"] == false);
    let explained = fields.map(|field| (json!([field["key"]]), field["message"].clone()));
    let answer = token.graphql(document, json!({})).await.assert_status(200).json();
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    // What the instance itself has to say is none of the gate's.
    let errors = errors.into_iter().filter(|error| error.get("extensions").is_some());
    let happened = errors.map(|error| (error["path"].clone(), error["message"].clone()));
    [explained.collect(), happened.collect()]
}

#[tokio::test(flavor = "multi_thread")]
async fn root_fields_are_refused_as_explained() {
    let gate = furnished().await;
    let maria = gate.maintainer();
    let tokens = [
        maria.token(&[project(WEB, &["read_project"])]).await,
        maria.token(&[project(WEB, &["read_project", "update_work_item", "read_work_item"])]).await,
        maria.token(&[project(API, &["read_project"]), user(&["read_user"])]).await,
        maria.token(&[memberships(&["read_group", "read_project"])]).await,
    ];
    let documents = [
        "{ web: project(fullPath: \"acme/web\") { name } api: project(fullPath: \"acme/api\") { name } }",
        "{ project(fullPath: \"root/vault\") { name } group(fullPath: \"acme\") { name } }",
        "mutation { updateIssue(input: {projectPath: \"acme/web\", iid: \"1\", title: \"x\"}) { errors } }",
    ];
    let native = maria.native();
    let mut count = 0;
    for token in &tokens {
        for document in documents {
            let [explained, happened] = refused(&native, token, document).await;
            assert_eq!(explained, happened, "{document}");
            count += explained.len();
        }
    }
    assert!(count > 5, "{count} refusals");
    // Nothing that was only explained was asked for.
    let seen = gate.sandbox().requests().into_iter().flat_map(|seen| seen.graphql);
    assert_eq!(seen.filter(|operation| operation.mutation).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_document_needs_lets_a_token_have_all_of_it() {
    let gate = furnished().await;
    let maria = gate.maintainer();
    let document =
        "{ project(fullPath: \"acme/web\") { name issues { nodes { title author { username } } } } }";
    let native = maria.native();
    let needs = native.own("POST", "/needs/graphql").json(&json!({"query": document})).send().await;
    let needs = needs.assert_status(200).json();
    let mut grants = needs["granular_scopes"].as_array().cloned().unwrap();
    assert_eq!(grants.len(), 2, "{needs}");
    for grant in grants.iter_mut().filter(|grant| grant["access"] == "selected_memberships") {
        grant["project_ids"] = json!([WEB]);
    }
    let token = maria.token(&grants).await;
    let explained = ask(&native, &token, &json!({"query": document})).await.assert_status(200).json();
    let later = explained["fields"][0]["later"].as_array().unwrap();
    assert!(!later.is_empty() && later.iter().all(|part| part["granted_somewhere"] == true), "{explained}");
    let answer = token.graphql(document, json!({})).await.assert_status(200).json();
    assert!(answer.get("errors").is_none() && answer.get("extensions").is_none(), "{answer}");
    // And with each permission missing something is.
    for (at, grant) in grants.iter().enumerate() {
        for name in grant["permissions"].as_array().unwrap() {
            let mut fewer = grants.clone();
            fewer[at]["permissions"].as_array_mut().unwrap().retain(|held| held != name);
            fewer.retain(|grant| grant["permissions"] != json!([]));
            let answer = maria.token(&fewer).await.graphql(document, json!({})).await.json();
            assert!(answer.get("errors").or(answer.get("extensions")).is_some(), "without {name}: {answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acting_as_another_user_is_explained_as_it_happens() {
    let gate = TestGate::start().await;
    let root = gate.root();
    assert!(gate.sandbox().set_project_role(WEB, "root", 40));
    let token = root.token(&[project(WEB, &["read_work_item", "read_variable"])]).await;
    let native = root.native();
    let call = async |name: &str, path: &str| {
        let explain = native.own("POST", &format!("/tokens/{}/explain", token.id()));
        let body = json!({"method": "GET", "path": path, "sudo": name});
        let explained = explain.json(&body).send().await.assert_status(200).json();
        let happened = token.call("GET", path).header("sudo", name).send().await;
        let reason = if explained["allowed"] == true { "" } else { explained["reason"].as_str().unwrap() };
        assert_eq!(happened.reason(), reason, "{name} {path}: {explained}");
        reason.to_owned()
    };
    assert_eq!(call("dev", "/projects/20/issues").await, "sudo_not_allowed");
    let edit = native.own("PATCH", &format!("/tokens/{}", token.id())).json(&json!({"sudo": true}));
    edit.send().await.assert_status(200);
    for (name, path, expected) in [
        ("dev", "/projects/20/issues", ""),
        ("maria", "/projects/20/variables", ""),
        ("dev", "/projects/20/variables", "role_too_low"),
        ("dev", "/projects/21/issues", "outside_boundary"),
        ("nobody", "/projects/20/issues", "not_found"),
        ("dev", "/personal_access_tokens", "sudo_not_allowed"),
    ] {
        assert_eq!(call(name, path).await, expected, "{name} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_for_those_who_may_know_the_token() {
    let gate = TestGate::start().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_project"])]).await;
    let document = json!({"query": "{ project(fullPath: \"acme/web\") { name } }"});
    ask(&gate.developer().native(), &token, &document).await.assert_status(404);
    // A token may ask if it has the permission for it.
    ask(&token, &token, &document).await.assert_denied("explain_token");
    let asking = gate.maintainer().token(&[user(&["explain_token"])]).await;
    ask(&asking, &token, &document).await.assert_status(200);
    let native = gate.maintainer().native();
    let wrong = ask(&native, &token, &json!({"query": "{ project(fullPath: \"acme/web\") { nmae } }"})).await;
    assert!(wrong.text().contains("1:35: type `Project` does not have a field `nmae`"), "{}", wrong.text());
    wrong.assert_status(422);
    let explain =
        |body: Value| native.own("POST", &format!("/tokens/{}/explain", token.id())).json(&body).send();
    explain(json!({"method": "GET", "path": "projects"})).await.assert_status(422);
    explain(json!({"method": "GET", "path": "/projects/20", "address": "here"})).await.assert_status(422);
    explain(json!({"method": "GET", "path": "/projects/20", "token": "x"})).await.assert_status(422);
    let needs = native.own("POST", "/needs").json(&json!({"method": "GET", "path": "/projects/1/issues"}));
    assert_eq!(needs.send().await.assert_status(200).json()["permissions"], json!(["read_work_item"]));
}
