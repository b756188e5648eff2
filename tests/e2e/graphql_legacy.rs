//! GraphQL with legacy and job tokens: scopes say what may be asked at all, groups that enforce fine-grained tokens hold
//! each object and each change.

use std::time::Duration;

use narrowgate_sandbox::{Sandbox, SandboxConfig};
use narrowgate_tests::world::{DEV, MARIA_HOME, WEB};
use narrowgate_tests::{Bearer, TestGate};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::job_tokens::job_of_web;

const QUERY: &str = "{ currentUser { username } }";

async fn furnished() -> TestGate {
    let config = SandboxConfig { furnished: true, ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.expect("the sandbox starts");
    TestGate::builder().sandbox(sandbox).start().await
}

async fn enforce(gate: &TestGate, policy: &Value) {
    let root = gate.root().native();
    root.own("PUT", "/policies/groups/acme").json(policy).send().await.assert_status(200);
}

async fn ask(token: &Bearer, document: &str) -> Value {
    token.graphql(document, json!({})).await.assert_status(200).json()
}

fn create(project: &str) -> String {
    format!(
        "createIssue(input: {{projectPath: \"{project}\", title: \"new\"}}) {{ errors issue {{ title }} }}"
    )
}

/// The mutations that the instance has seen, each a list of its fields.
fn changes(gate: &TestGate) -> Vec<Vec<String>> {
    let operations = gate.sandbox().requests().into_iter().flat_map(|seen| seen.graphql);
    operations.filter(|operation| operation.mutation).map(|operation| operation.fields).collect()
}

fn graphql_seen(gate: &TestGate) -> usize {
    gate.sandbox().requests().iter().filter(|seen| seen.path.starts_with("/api/graphql")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_hold_for_whole_operations() {
    let gate = furnished().await;
    let change = format!("mutation {{ {} }}", create("acme/web"));
    for scopes in
        [&["read_user"][..], &["read_repository", "write_repository"], &["read_registry"], &["self_rotate"]]
    {
        let token = gate.maintainer().legacy(scopes).await;
        for document in [QUERY, &change] {
            token.graphql(document, json!({})).await.assert_status(403).assert_reason("scope_missing");
        }
    }
    let reads = gate.maintainer().legacy(&["read_api"]).await;
    assert_eq!(ask(&reads, QUERY).await["data"]["currentUser"]["username"], "maria");
    reads.graphql(&change, json!({})).await.assert_status(403).assert_reason("scope_missing");
    // One change among many documents, and one operation of several.
    let batch = json!([{"query": QUERY}, {"query": change}]);
    let batch = reads.call("POST", "").at_root("/api/graphql").json(&batch).send().await;
    batch.assert_status(403).assert_reason("scope_missing");
    let named = json!({"query": format!("query A {QUERY} mutation B {{ {} }}", create("acme/web")), "operationName": "B"});
    let named = reads.call("POST", "").at_root("/api/graphql").json(&named).send().await;
    named.assert_status(403).assert_reason("scope_missing");
    assert_eq!(changes(&gate), Vec::<Vec<String>>::new());

    let writes = gate.maintainer().legacy(&["api"]).await;
    assert_eq!(ask(&writes, &change).await["data"]["createIssue"]["issue"]["title"], "new");
    assert_eq!(changes(&gate), [["createIssue"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_enforces_fine_grained_tokens_holds_each_change() {
    let gate = furnished().await;
    let writes = gate.maintainer().legacy(&["api"]).await;
    enforce(&gate, &json!({"fine_grained_only_from": "2020-01-01"})).await;
    let both = format!("mutation {{ there: {} here: {} }}", create("acme/web"), create("maria/home"));
    let both = ask(&writes, &both).await;
    assert_eq!(both["data"]["there"], Value::Null, "{both}");
    assert_eq!(both["data"]["here"]["issue"]["title"], "new", "{both}");
    assert_eq!(both["errors"][0]["extensions"]["narrowgate"]["reason"], "fine_grained_required", "{both}");
    assert_eq!(changes(&gate), [["createIssue"]]);

    // A record that its id alone names, a group, and a second container.
    for change in [
        "jobPlay(input: {id: \"gid://gitlab/Ci::Build/3\"}) { errors }",
        "updateNote(input: {id: \"gid://gitlab/Note/1\", body: \"x\"}) { errors }",
        "runnerUpdate(input: {id: \"gid://gitlab/Ci::Runner/2\", paused: true}) { errors }",
        "labelCreate(input: {groupPath: \"acme\", title: \"x\"}) { errors }",
        "issueMove(input: {projectPath: \"maria/home\", iid: \"1\", targetProjectPath: \"acme/web\"}) { errors }",
    ] {
        let answer = ask(&writes, &format!("mutation {{ {change} }}")).await;
        let reason = &answer["errors"][0]["extensions"]["narrowgate"]["reason"];
        assert_eq!(reason, "fine_grained_required", "{change}: {answer}");
    }
    assert_eq!(changes(&gate), [["createIssue"]], "nothing of the group was changed");

    // What may be read of it: nothing, by whatever way.
    let ways = "{ currentUser { username groups { nodes { fullPath } } } \
                issue(id: \"gid://gitlab/Issue/1\") { title } users(usernames: [\"dev\"]) { nodes { username \
                assignedMergeRequests { nodes { title } } } } }";
    let read = ask(&writes, ways).await;
    assert_eq!(read["data"]["currentUser"], json!({"username": "maria", "groups": {"nodes": []}}), "{read}");
    assert_eq!(read["data"]["issue"], Value::Null, "{read}");
    assert_eq!(read["data"]["users"]["nodes"][0]["username"], "dev", "{read}");
    assert_eq!(read["data"]["users"]["nodes"][0]["assignedMergeRequests"]["nodes"], json!([]), "{read}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_changes_and_records() {
    let gate = furnished().await;
    let writes = gate.maintainer().legacy(&["api"]).await;
    enforce(&gate, &json!({"fine_grained_only_from": "2020-01-01", "dry_run": true})).await;
    let made = ask(&writes, &format!("mutation {{ {} }}", create("acme/web"))).await;
    assert_eq!(made["data"]["createIssue"]["issue"]["title"], "new", "{made}");
    assert!(made.get("errors").is_none(), "{made}");
    let report =
        async || gate.root().native().own("GET", "/policies/dry_run").send().await.assert_status(200).json();
    let mut told = report().await;
    for _ in 0..50 {
        if told["requests"].as_u64() >= Some(1) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        told = report().await;
    }
    assert_eq!(told["rows"][0]["token_id"], writes.id(), "{told}");
    assert!(told.to_string().contains("create_work_item"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_of_a_project_is_held_to_enforcement_too() {
    let gate = furnished().await;
    let bot_of = async |project: u64| {
        let body = json!({"name": "bot", "scopes": ["api"], "access_level": 30});
        let path = format!("/projects/{project}/access_tokens");
        let made = gate.maintainer().native().post(&path, &body).await.assert_status(201);
        gate.holder_of_new(&made)
    };
    let (web, home) = (bot_of(WEB).await, bot_of(MARIA_HOME).await);
    let names = |path: &str| format!("{{ project(fullPath: \"{path}\") {{ name }} }}");
    assert_eq!(ask(&web, &names("acme/web")).await["data"]["project"]["name"], "web");
    enforce(&gate, &json!({"fine_grained_only_from": "2020-01-01"})).await;
    let held = ask(&web, &names("acme/web")).await;
    assert_eq!(held["data"], json!({"project": null}), "{held}");
    assert_eq!(ask(&home, &names("maria/home")).await["data"]["project"]["name"], "home");
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_is_not_open_to_jobs() {
    let gate = furnished().await;
    let native = gate.sandbox().start_job(WEB, "dev").expect("a project and a user");
    let jobs = [job_of_web(&gate).await, gate.holder_of(native.token.expose_secret())];
    gate.sandbox().clear_requests();
    for job in &jobs {
        for document in [
            QUERY,
            "{ project(fullPath: \"acme/web\") { name } }",
            "mutation { echoCreate(input: {}) { errors } }",
        ] {
            let body = json!({ "query": document });
            let call = || job.call("POST", "").at_root("/api/graphql").without_token().json(&body);
            let bearer = format!("Bearer {}", job.text());
            for reply in [
                call().header("job-token", job.text()).send().await,
                call().header("authorization", &bearer).send().await,
            ] {
                assert!(matches!(reply.status, 401 | 403 | 404), "{document}: {}", reply.summary());
                assert!(!reply.text().contains("\"data\""), "{}", reply.summary());
            }
        }
    }
    assert_eq!(graphql_seen(&gate), 0, "of {DEV} the instance heard nothing");
}
