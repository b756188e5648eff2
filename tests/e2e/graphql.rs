//! GraphQL through the gate: what each token sees, what it may change, and what the instance hears of it.

use std::path::Path;
use std::time::Duration;

use narrowgate_sandbox::{Fault, Sandbox, SandboxConfig};
use narrowgate_tests::grant::{memberships, project, user};
use narrowgate_tests::world::{API, MARIA_HOME, WEB};
use narrowgate_tests::{Bearer, Stock, TestGate};
use serde_json::{Value, json};

const ISSUES: &str =
    "query Issues($path: ID!) { project(fullPath: $path) { name issues { nodes { title } } } }";
const CREATE: &str =
    "createIssue(input: {projectPath: \"acme/web\", title: \"new\"}) { issue { title } errors }";

async fn furnished() -> TestGate {
    let config = SandboxConfig { furnished: true, ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.expect("the sandbox starts");
    TestGate::builder().sandbox(sandbox).start().await
}

/// The answer, which has the status 200 whatever was refused.
async fn ask(token: &Bearer, document: &str, variables: Value) -> Value {
    token.graphql(document, variables).await.assert_status(200).json()
}

/// Sends a whole body.
async fn send(token: &Bearer, body: &Value) -> Value {
    token.call("POST", "").at_root("/api/graphql").json(body).send().await.assert_status(200).json()
}

/// What the instance executed: whether it changes something, and its root fields.
fn executed(gate: &TestGate) -> Vec<(bool, Vec<String>)> {
    let seen = gate.sandbox().requests().into_iter().flat_map(|seen| seen.graphql);
    seen.map(|operation| (operation.mutation, operation.fields)).collect()
}

fn introspections(gate: &TestGate) -> usize {
    executed(gate).iter().filter(|(_, fields)| fields == &["__schema"]).count()
}

fn reasons(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().filter_map(|error| error["extensions"]["narrowgate"]["reason"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_object_is_held_to_the_grants() {
    let gate = furnished().await;
    let token = gate
        .maintainer()
        .token(&[project(WEB, &["read_project", "read_work_item"]), project(API, &["read_project"])])
        .await;
    let web = ask(&token, ISSUES, json!({"path": "acme/web"})).await;
    assert_eq!(web["data"]["project"]["name"], "web", "{web}");
    assert_eq!(web["data"]["project"]["issues"]["nodes"].as_array().map(Vec::len), Some(2), "{web}");
    assert!(web.get("errors").is_none() && web.get("extensions").is_none(), "{web}");

    // Items of lists are missing and counted, single objects are null with GitLab's words for it.
    let api = ask(&token, ISSUES, json!({"path": "acme/api"})).await;
    assert_eq!(api["data"]["project"], json!({"name": "api", "issues": {"nodes": []}}), "{api}");
    let withheld = &api["extensions"]["narrowgate"]["withheld"][0];
    assert_eq!(withheld["path"], json!(["project", "issues", "nodes"]), "{api}");
    assert_eq!(withheld["permissions"], json!(["read_work_item"]), "{api}");
    let infra = ask(&token, ISSUES, json!({"path": "acme/platform/infra"})).await;
    assert_eq!(infra["data"], json!({"project": null}), "{infra}");
    assert_eq!(
        infra["errors"][0]["message"],
        "Access denied: This operation requires a fine-grained personal access token with the following \
         project permissions: [Project: Read]."
    );
    assert_eq!(infra["errors"][0]["path"], json!(["project"]));
    assert_eq!(infra["errors"][0]["extensions"]["narrowgate"]["permissions"], json!(["read_project"]));
    // What the owner may not see isn't there, whatever the token says.
    let vault = ask(&token, ISSUES, json!({"path": "root/vault"})).await;
    assert_eq!((&vault["data"]["project"], reasons(&vault)), (&Value::Null, vec!["not_found"]), "{vault}");
    assert_eq!(vault["errors"][0]["message"], "404 Not Found");

    let all = ask(&token, "{ projects { nodes { fullPath } } }", json!({})).await;
    assert_eq!(
        all["data"]["projects"]["nodes"],
        json!([{"fullPath": "acme/api"}, {"fullPath": "acme/web"}]),
        "{all}"
    );
    let compatible =
        token.call("POST", "").at_root("/api/graphql").header("X-Narrowgate-GraphQL", "compatible");
    let compatible =
        compatible.json(&json!({"query": "{ projects { nodes { fullPath } } }"})).send().await.json();
    assert_eq!(compatible["data"], all["data"]);
    assert!(compatible.get("extensions").is_none(), "{compatible}");
    // Nothing that was refused by its arguments was asked for.
    let asked = executed(&gate).iter().filter(|(_, fields)| fields == &["project"]).count();
    assert_eq!(asked, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_narrowed_on_each_of_its_pages() {
    let gate = furnished().await;
    let grants = [project(WEB, &["read_merge_request"]), user(&["read_user"])];
    let token = gate.developer().token(&grants).await;
    let document = "query($after: String) { currentUser { assignedMergeRequests(first: 1, after: $after) \
                    { nodes { reference(full: true) } pageInfo { endCursor hasNextPage } } } }";
    let (mut shown, mut after) = (Vec::new(), Value::Null);
    for page in 0..3 {
        let answer = ask(&token, document, json!({ "after": after })).await;
        let list = &answer["data"]["currentUser"]["assignedMergeRequests"];
        shown.extend(list["nodes"].as_array().expect("a page").clone());
        assert_eq!(list["pageInfo"]["hasNextPage"], page < 2, "{answer}");
        after = list["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(shown, [json!({"reference": "acme/web!1"})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_mutation_never_reaches_the_instance() {
    let gate = furnished().await;
    let reads = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    let refused = ask(&reads, &format!("mutation {{ {CREATE} }}"), json!({})).await;
    assert_eq!(
        (&refused["data"], reasons(&refused)),
        (&json!({"createIssue": null}), vec!["permission_missing"])
    );
    assert!(executed(&gate).iter().all(|(is_mutation, _)| !is_mutation), "{:?}", executed(&gate));

    let writes = gate.maintainer().token(&[project(WEB, &["read_work_item", "create_work_item"])]).await;
    let elsewhere = CREATE.replace("acme/web", "acme/api");
    let document = format!("mutation {{ there: {elsewhere} here: {CREATE} }}");
    let both = ask(&writes, &document, json!({})).await;
    assert_eq!(both["data"]["there"], Value::Null, "{both}");
    assert_eq!(both["data"]["here"], json!({"issue": {"title": "new"}, "errors": []}), "{both}");
    assert_eq!(both["errors"][0]["path"], json!(["there"]), "{both}");
    let changes: Vec<_> = executed(&gate).into_iter().filter(|(is_mutation, _)| *is_mutation).collect();
    assert_eq!(changes, [(true, vec!["createIssue".to_owned()])]);
    // Records are found by their global ids.
    let issue =
        ask(&writes, "{ project(fullPath: \"acme/web\") { issues { nodes { id } } } }", json!({})).await;
    assert_eq!(issue["data"]["project"], Value::Null, "the project itself isn't granted: {issue}");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_come_in_several_ways() {
    let gate = furnished().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_project"]), user(&["read_user"])]).await;
    let batch = json!([
        {"query": "{ currentUser { username } }"},
        {"query": "{ nonsense }"},
        {"query": "mutation { createIssue(input: {projectPath: \"acme/web\", title: \"x\"}) { errors } }"},
        {"query": ISSUES, "operationName": "Issues", "variables": {"path": "acme/web"}},
        {},
    ]);
    let answers = send(&token, &batch).await;
    assert_eq!(answers[0], json!({"data": {"currentUser": {"username": "maria"}}}), "{answers}");
    assert!(answers[1].get("data").is_none() && answers[1]["errors"].is_array(), "{answers}");
    assert_eq!(answers[2]["data"], json!({"createIssue": null}), "{answers}");
    assert_eq!(answers[3]["data"]["project"]["name"], "web", "{answers}");
    assert_eq!(answers[4], json!({"errors": [{"message": "No query string was present"}]}));
    assert!(executed(&gate).iter().all(|(is_mutation, _)| !is_mutation));
    let many = send(&token, &json!(vec![json!({"query": "{ currentUser { id } }"}); 21])).await;
    assert_eq!(many, json!({"errors": [{"message": "a request has at most 20 documents"}]}));

    let query = "query=query%28%24path%3AID%21%29%7Bproject%28fullPath%3A%24path%29%7Bname%7D%7D\
                 &variables=%7B%22path%22%3A%22acme%2Fweb%22%7D";
    let get = token.call("GET", "").at_root(&format!("/api/graphql?{query}")).send().await.assert_status(200);
    assert_eq!(get.json(), json!({"data": {"project": {"name": "web"}}}));
    let form =
        token.call("POST", "").at_root("/api/graphql").body("application/x-www-form-urlencoded", query);
    assert_eq!(form.send().await.json(), json!({"data": {"project": {"name": "web"}}}));
    let change = "/api/graphql?query=mutation%7BcreateIssue%28input%3A%7B%7D%29%7Berrors%7D%7D";
    let change = token.call("GET", "").at_root(change).send().await.assert_status(200).json();
    assert!(change["errors"].is_array() && change.get("data").is_none(), "{change}");
    let subscription =
        ask(&token, "subscription { issuableTitleUpdated(issuableId: \"x\") { id } }", json!({})).await;
    assert!(subscription["errors"].is_array() && subscription.get("data").is_none(), "{subscription}");

    for (target, body) in [
        ("/api/graphql", r#"{"query":"{ currentUser { id } }","query":"{ a }"}"#),
        ("/api/graphql", r#"{"query":"{ currentUser { id } }","variables":{"a":1,"a":2}}"#),
        ("/api/graphql?query=%7Ba%7D", r#"{"query":"{ currentUser { id } }"}"#),
        ("/api/graphql?operationName=A", r#"{"query":"{ currentUser { id } }"}"#),
        ("/api/graphql", r#"{"query":7}"#),
        ("/api/graphql", "[]"),
        ("/api/graphql", "{"),
    ] {
        let call = token.call("POST", "").at_root(target).body("application/json", body);
        call.send().await.assert_status(400).assert_reason("ambiguous");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn legacy_tokens_are_held_to_enforcement_alone() {
    let gate = furnished().await;
    let reads = gate.maintainer().legacy(&["read_api"]).await;
    let personal =
        "{ project(fullPath: \"maria/home\") { name } web: project(fullPath: \"acme/web\") { name } }";
    let before = ask(&reads, personal, json!({})).await;
    assert_eq!(before["data"]["web"]["name"], "web", "{before}");
    assert_eq!(introspections(&gate), 0, "scopes need no schema");
    ask(&reads, "{ __schema { mutationType { name } } }", json!({})).await;
    let hidden =
        json!({"query": "{ currentUser { id } }", "_json": [{"query": format!("mutation {{ {CREATE} }}")}]});
    assert_eq!(send(&reads, &hidden).await["data"]["currentUser"]["id"], "gid://gitlab/User/2");
    assert!(executed(&gate).iter().all(|(is_mutation, _)| !is_mutation), "only what was read is forwarded");
    reads.graphql(&format!("mutation {{ {CREATE} }}"), json!({})).await.assert_status(403);

    let policy = json!({"fine_grained_only_from": "2020-01-01"});
    let root = gate.root().native();
    root.own("PUT", "/policies/groups/acme").json(&policy).send().await.assert_status(200);
    let after = ask(&reads, personal, json!({})).await;
    assert_eq!(after["data"], json!({"project": {"name": "home"}, "web": null}), "{after}");
    assert_eq!(reasons(&after), ["fine_grained_required"], "{after}");
    let all = ask(&reads, "{ projects { nodes { fullPath } } }", json!({})).await;
    assert_eq!(all["data"]["projects"]["nodes"], json!([{"fullPath": "maria/home"}]), "{all}");
    let writes = gate.maintainer().legacy(&["api"]).await;
    let change = ask(&writes, &format!("mutation {{ {CREATE} }}"), json!({})).await;
    assert_eq!(
        (&change["data"]["createIssue"], reasons(&change)),
        (&Value::Null, vec!["fine_grained_required"])
    );
    assert!(executed(&gate).iter().all(|(is_mutation, _)| !is_mutation));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_projects_token_reaches_its_project() {
    let gate = furnished().await;
    let body = json!({"name": "bot", "scopes": ["api"], "access_level": 20});
    let made = gate.maintainer().native().post("/projects/20/access_tokens", &body).await.assert_status(201);
    let bot = gate.holder_of_new(&made);
    let own = ask(&bot, ISSUES, json!({"path": "acme/web"})).await;
    assert_eq!(own["data"]["project"]["issues"]["nodes"].as_array().map(Vec::len), Some(2), "{own}");
    let other = ask(&bot, ISSUES, json!({"path": "acme/api"})).await;
    assert_eq!(other["data"], json!({"project": null}), "{other}");
    let me = ask(&bot, "{ currentUser { username } }", json!({})).await;
    assert_eq!(me["data"], json!({"currentUser": null}), "nobody is whom it acts as: {me}");
    let role = "mutation { projectSettingsUpdate(input: {fullPath: \"acme/web\"}) { errors } }";
    let role = ask(&bot, role, json!({})).await;
    assert!(executed(&gate).iter().all(|(is_mutation, _)| !is_mutation), "a Reporter sets nothing: {role}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_legacy_token_names_by_id_is_looked_for_where_it_reaches() {
    let gate = furnished().await;
    let legacy = gate.maintainer().legacy(&["api"]).await;
    let jobs = async |project: u64| {
        let jobs = legacy.get(&format!("/projects/{project}/jobs")).await;
        jobs.assert_status(200).json()[0]["id"].as_u64().unwrap_or_default()
    };
    let (web, api, home) = (jobs(WEB).await, jobs(API).await, jobs(MARIA_HOME).await);
    let retry = async |token: &Bearer, job: u64| {
        let id = format!("gid://gitlab/Ci::Build/{job}");
        ask(token, "mutation($id: CiBuildID!) { jobRetry(input: {id: $id}) { errors } }", json!({"id": id}))
            .await
    };
    let changes = || executed(&gate).iter().filter(|(is_mutation, _)| *is_mutation).count();
    let body = json!({"name": "bot", "scopes": ["api"], "access_level": 30});
    let made = gate.maintainer().native().post("/projects/20/access_tokens", &body).await.assert_status(201);
    let bot = gate.holder_of_new(&made);
    let other = retry(&bot, api).await;
    assert_eq!((reasons(&other), changes()), (vec!["not_found"], 0), "{other}");
    let own = retry(&bot, web).await;
    assert_eq!((&own["data"]["jobRetry"]["errors"], changes()), (&json!([]), 1), "{own}");

    let policy = json!({"fine_grained_only_from": "2020-01-01"});
    gate.root().native().own("PUT", "/policies/groups/acme").json(&policy).send().await.assert_status(200);
    let enforced = retry(&legacy, web).await;
    assert_eq!((reasons(&enforced), changes()), (vec!["fine_grained_required"], 1), "{enforced}");
    let free = retry(&legacy, home).await;
    assert_eq!((&free["data"]["jobRetry"]["errors"], changes()), (&json!([]), 2), "{free}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_survives_a_restart_and_is_asked_for_anew() {
    let mut gate = furnished().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_project"])]).await;
    let text = token.text().to_owned();
    let document = "{ project(fullPath: \"acme/web\") { name } }";
    let both = tokio::join!(ask(&token, document, json!({})), ask(&token, document, json!({})));
    assert_eq!(both.0["data"]["project"]["name"], "web");
    assert_eq!((both.1, introspections(&gate)), (both.0, 1));
    gate.restart().await;
    let token = gate.holder_of(&text);
    assert_eq!(ask(&token, document, json!({})).await["data"]["project"]["name"], "web");
    assert_eq!(introspections(&gate), 1, "the store has it");
    // A newer version may know what this schema doesn't: the instance is asked, but not at each attempt.
    for _ in 0..3 {
        let unknown = ask(&token, "{ project(fullPath: \"acme/web\") { nonsense } }", json!({})).await;
        assert!(unknown["errors"].to_string().contains("nonsense"), "{unknown}");
        assert_eq!(introspections(&gate), 2);
    }
    // Documents that can't be valid under any schema don't make anybody ask.
    ask(&gate.developer().token(&[memberships(&["read_project"])]).await, "{ project(", json!({})).await;
    assert_eq!(introspections(&gate), 3, "another connection's first");
}

/// A gate that has this schema for maria's connection.
async fn with_schema(sdl: &str, age: Duration) -> TestGate {
    let config = SandboxConfig { furnished: true, ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.expect("the sandbox starts");
    let keep = async |folder: &Path| Stock::open(folder).await.schema("maria", sdl, age).await;
    TestGate::builder().sandbox(sandbox).start_with(keep).await
}

/// Waits until the instance was asked for its schema so often.
async fn await_introspections(gate: &TestGate, count: usize) {
    for _ in 0..100 {
        if introspections(gate) == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{:?}", executed(gate));
}

const WEB_ALONE: &str = "{ project(fullPath: \"acme/web\") { id FIELD } }";
const OLD: &str = "schema { query: Query } type Query { project(fullPath: ID!): Project } \
                   type Project { id: ID! FIELD: String }";

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_out_of_date_is_replaced() {
    let (recent, old) = (Duration::from_secs(10), Duration::from_secs(2 * 24 * 60 * 60));
    // The instance knows a field that the schema doesn't: it is asked, and the document answered at once.
    let gate = with_schema(&OLD.replace("FIELD", "path"), recent).await;
    let token = gate.maintainer().token(&[project(WEB, &["read_project"])]).await;
    let kept = ask(&token, &WEB_ALONE.replace("FIELD", "path"), json!({})).await;
    assert_eq!((&kept["data"]["project"]["path"], introspections(&gate)), (&json!("web"), 0));
    let newer = ask(&token, &WEB_ALONE.replace("FIELD", "name"), json!({})).await;
    assert_eq!((&newer["data"]["project"]["name"], introspections(&gate)), (&json!("web"), 1));

    // The instance no longer knows a field that the schema has: it says so, and is asked afterwards.
    let gate = with_schema(&OLD.replace("FIELD", "formerly"), recent).await;
    let token = gate.maintainer().token(&[project(WEB, &["read_project"])]).await;
    let gone = ask(&token, &WEB_ALONE.replace("FIELD", "formerly"), json!({})).await;
    assert!(gone["errors"].is_array() && gone.get("data").is_none(), "{gone}");
    await_introspections(&gate, 1).await;

    // A schema of the day before yesterday still serves, while another is asked for.
    let gate = with_schema(&OLD.replace("FIELD", "name"), old).await;
    let token = gate.maintainer().token(&[project(WEB, &["read_project"])]).await;
    let served = ask(&token, &WEB_ALONE.replace("FIELD", "name"), json!({})).await;
    assert_eq!(served["data"]["project"]["name"], "web", "{served}");
    await_introspections(&gate, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_fails_leaks_nothing() {
    let gate = furnished().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_project"])]).await;
    let document = "{ project(fullPath: \"acme/web\") { name } }";
    gate.sandbox().fault("/api/graphql", Fault::BadJson);
    let refused = token.graphql(document, json!({})).await.assert_status(502);
    assert_eq!(refused.reason(), "instance_schema", "{}", refused.summary());
    gate.sandbox().clear_faults();
    ask(&token, document, json!({})).await;
    gate.sandbox().fault("/api/graphql", Fault::BadJson);
    token.graphql(document, json!({})).await.assert_status(502).assert_reason("instance_unreadable");
    gate.sandbox().clear_faults();
    gate.sandbox().fault("/api/graphql", Fault::Status(503));
    let busy = token.graphql(document, json!({})).await.assert_status(503).json();
    assert_eq!(busy.as_object().expect("an object").keys().collect::<Vec<_>>(), ["errors"], "{busy}");
    gate.sandbox().clear_faults();
    gate.sandbox().fault("/api/graphql", Fault::Status(401));
    token.graphql(document, json!({})).await.assert_status(502).assert_reason("connection_refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_some_refs_writes_none_by_mutation() {
    let gate = furnished().await;
    let grants = [project(WEB, &["create_branch", "create_work_item", "read_work_item"])];
    let token = gate.maintainer().token(&grants).await;
    let branch = "mutation { createBranch(input: {projectPath: \"acme/web\", name: \"new\", ref: \"main\"}) { errors } }";
    let path = format!("/tokens/{}", token.id());
    let condition = json!({"conditions": {"push_refs": ["refs/heads/feature/*"]}});
    gate.maintainer().native().own("PATCH", &path).json(&condition).send().await.assert_ok();
    let refused = ask(&token, branch, json!({})).await;
    assert_eq!(
        (&refused["data"]["createBranch"], reasons(&refused)),
        (&Value::Null, vec!["ref_not_allowed"])
    );
    assert!(executed(&gate).iter().all(|(is_mutation, _)| !is_mutation));
    let issue = ask(&token, &format!("mutation {{ {CREATE} }}"), json!({})).await;
    assert_eq!(issue["data"]["createIssue"]["issue"]["title"], "new", "{issue}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_tokens_is_answered_here() {
    let gate = furnished().await;
    let token = gate.maintainer().token(&[user(&["read_personal_access_token", "read_user"])]).await;
    let own = "{ currentUser { personalAccessTokens { nodes { name } } } }";
    let own = ask(&token, own, json!({})).await;
    assert!(own["data"]["currentUser"]["personalAccessTokens"]["nodes"].is_array(), "{own}");
    let mixed = "{ accessTokenPermissions { name } currentUser { username } }";
    let mixed = ask(&token, mixed, json!({})).await;
    assert!(mixed["errors"].is_array() && mixed.get("data").is_none(), "{mixed}");
    assert_eq!(executed(&gate), [], "the instance heard of none of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_in_the_audit_log() {
    let gate = furnished().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_project"])]).await;
    ask(&token, &format!("mutation {{ {CREATE} }}"), json!({})).await;
    let told = async || {
        let exported = gate.narrowgate(&["audit", "export"]).await.assert_ok();
        let events = exported.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON lines"));
        let mut events = events.collect::<Vec<Value>>().into_iter();
        events.find(|event| event["action"] == "request.denied" && event["token_id"] == token.id())
    };
    let mut denied = told().await;
    for _ in 0..50 {
        if denied.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        denied = told().await;
    }
    let details = &denied.expect("a denial")["details"];
    assert_eq!(details["template"], "mutation createIssue", "{details}");
    assert_eq!(details["permissions"], json!(["create_work_item"]), "{details}");
}
