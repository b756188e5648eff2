//! Acting as another user: the token's grants and the other user's rights must both hold.

use std::time::Duration;

use narrowgate_tests::grant::{project, user};
use narrowgate_tests::world::{INFRA, SITE, VAULT, WEB};
use narrowgate_tests::{Bearer, Reply, TestGate};
use serde_json::{Value, json};

/// A gate whose administrator is a member of acme/web and acme/platform/infra too: grants select what their owner is a
/// member of.
async fn start() -> TestGate {
    let gate = TestGate::start().await;
    for project in [WEB, INFRA] {
        assert!(gate.sandbox().set_project_role(project, "root", 40));
    }
    gate
}

/// The administrator's token with these grants and the capability.
async fn capable(gate: &TestGate, grants: &[Value]) -> Bearer {
    let token = gate.root().token(grants).await;
    let root = gate.root().native();
    let edit = root.own("PATCH", &format!("/tokens/{}", token.id())).json(&json!({"sudo": true}));
    edit.send().await.assert_status(200);
    token
}

async fn get_as(token: &Bearer, name: &str, path: &str) -> Reply {
    token.call("GET", path).header("sudo", name).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capable_token_acts_as_whom_it_names() {
    let gate = start().await;
    let grants =
        [project(WEB, &["read_work_item", "create_work_item", "read_variable"]), user(&["read_user"])];
    let token = capable(&gate, &grants).await;
    assert_eq!(token.get("/user").await.assert_ok().json()["username"], "root");
    for name in ["dev", "3"] {
        assert_eq!(get_as(&token, name, "/user").await.assert_ok().json()["username"], "dev");
        let by_parameter = token.get(&format!("/user?sudo={name}")).await.assert_ok();
        assert_eq!(by_parameter.json()["username"], "dev");
    }
    let made =
        token.call("POST", "/projects/20/issues").header("sudo", "gus").json(&json!({"title": "by gus"}));
    assert_eq!(made.send().await.assert_status(201).json()["author"]["username"], "gus");

    // The token's grants hold whoever it acts as, and whatever that user may do …
    get_as(&token, "maria", "/projects/20/jobs").await.assert_denied("read_job");
    get_as(&token, "dev", "/projects/21/issues").await.assert_denied("read_work_item");
    // … and the user's own rights, whatever the administrator may do.
    token.get("/projects/20/variables").await.assert_ok();
    get_as(&token, "maria", "/projects/20/variables").await.assert_ok();
    get_as(&token, "dev", "/projects/20/variables").await.assert_status(403).assert_reason("role_too_low");
    get_as(&token, "nobody", "/user").await.assert_hidden();
    gate.sandbox().block_user("gus");
    get_as(&token, "gus", "/projects/20/issues").await.assert_hidden();
    token.call("GET", "/user?sudo=maria").header("sudo", "dev").send().await.assert_status(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_other_may_not_see_is_not_there() {
    let gate = start().await;
    let token =
        capable(&gate, &[project(INFRA, &["read_work_item"]), project(VAULT, &["read_work_item"])]).await;
    token.get("/projects/34/issues").await.assert_ok();
    get_as(&token, "maria", "/projects/34/issues").await.assert_hidden();
    get_as(&token, "maria", "/projects/22/issues").await.assert_ok();
    get_as(&token, "gus", "/projects/22/issues").await.assert_hidden();
    gate.sandbox().clear_requests();
    get_as(&token, "gus", "/projects/22/issues").await.assert_hidden();
    assert!(gate.seen_with("sudo").is_empty(), "a refused request is not forwarded");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_capability_nobody_acts() {
    let gate = start().await;
    let plain = gate.root().token(&[user(&["read_user"]), project(WEB, &["read_work_item"])]).await;
    get_as(&plain, "dev", "/user").await.assert_status(403).assert_reason("sudo_not_allowed");
    plain.get("/user?sudo=dev").await.assert_status(403).assert_reason("sudo_not_allowed");
    // A public place is read as anybody, never as somebody: with the capability, but no grant, there is nothing to read.
    plain.get("/projects/23/issues").await.assert_ok();
    let capable = capable(&gate, &[project(WEB, &["read_work_item"])]).await;
    capable.get(&format!("/projects/{SITE}/issues")).await.assert_ok();
    get_as(&capable, "dev", &format!("/projects/{SITE}/issues")).await.assert_denied("read_work_item");
    // Neither what needs no token, nor Git, nor GraphQL, nor what Narrowgate answers itself acts as anybody.
    let graphql = capable.call("POST", "").at_root("/api/graphql").header("sudo", "dev");
    graphql.json(&json!({"query": "{ currentUser { id } }"})).send().await.assert_status(403);
    let refs = "/acme/web.git/info/refs?service=git-upload-pack";
    capable.call("GET", "").at_root(refs).header("sudo", "dev").send().await.assert_status(403);
    get_as(&capable, "dev", "/personal_access_tokens").await.assert_status(403);

    let legacy = gate.root().legacy(&["api"]).await;
    let refused = get_as(&legacy, "dev", "/user").await.assert_status(403).json();
    assert_eq!((&refused["error"], &refused["scope"]), (&json!("insufficient_scope"), &json!("sudo")));
    let legacy = gate.root().legacy(&["api", "sudo"]).await;
    assert_eq!(get_as(&legacy, "dev", "/user").await.assert_ok().json()["username"], "dev");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_capability_comes_from_whoever_has_it() {
    let gate = start().await;
    let create = |sudo: bool| {
        let query = format!(
            "mutation {{ personalAccessTokenCreate(input: {{ name: \"x\", sudo: {sudo}, granularScopes: \
             [{{ access: USER, permissions: [\"read_user\"] }}] }}) {{ token errors }} }}"
        );
        json!({ "query": query })
    };
    let ask = async |bearer: &Bearer, sudo| {
        let call = bearer.call("POST", "").at_root("/api/graphql").json(&create(sudo));
        call.send().await.assert_ok().json()["data"]["personalAccessTokenCreate"].clone()
    };
    let made = ask(&gate.root().native(), true).await;
    let token = gate.holder_of(made["token"].as_str().expect("a token"));
    assert_eq!(get_as(&token, "dev", "/user").await.assert_ok().json()["username"], "dev");

    // Not from a maintainer, not from a native token without the scope, not from a token without the capability.
    assert_eq!(ask(&gate.maintainer().native(), true).await["token"], Value::Null);
    let narrow = gate.sandbox().mint_native("root", &["api"]).expect("a user");
    let narrow = gate.holder_of(secrecy::ExposeSecret::expose_secret(&narrow));
    assert_eq!(ask(&narrow, true).await["token"], Value::Null);
    narrow
        .post("/user/personal_access_tokens", &json!({"name": "x", "scopes": ["api", "sudo"]}))
        .await
        .assert_status(403);
    let grants = [user(&["create_personal_access_token", "update_token", "read_user"])];
    let maker = gate.root().token(&grants).await;
    assert_eq!(ask(&maker, true).await["token"], Value::Null);
    assert!(ask(&maker, false).await["token"].is_string());
    let itself = maker.own("PATCH", &format!("/tokens/{}", maker.id())).json(&json!({"sudo": true}));
    itself.send().await.assert_status(403);
    let maker = capable(&gate, &grants).await;
    assert!(ask(&maker, true).await["token"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_names_both() {
    let gate = start().await;
    let token = capable(&gate, &[project(WEB, &["read_work_item"])]).await;
    get_as(&token, "dev", "/projects/20/issues").await.assert_ok();
    get_as(&token, "dev", "/projects/20/jobs").await.assert_denied("read_job");
    let plain = gate.root().token(&[project(WEB, &["read_work_item"])]).await;
    get_as(&plain, "maria", "/projects/20/issues").await.assert_status(403);
    let used = event(&gate, "permission.used", &token).await;
    assert_eq!((&used["user_id"], &used["details"]["acting_as"]), (&json!(1), &json!(3)), "{used}");
    assert_eq!(used["details"]["sudo"], "dev");
    assert_eq!(used["details"]["permissions"], json!(["read_work_item"]));
    let denied = event(&gate, "request.denied", &token).await;
    assert_eq!((&denied["user_id"], &denied["details"]["sudo"]), (&json!(1), &json!("dev")), "{denied}");
    let refused = event(&gate, "request.denied", &plain).await;
    assert_eq!(refused["details"]["reason"], "sudo_not_allowed", "{refused}");
    assert_eq!(refused["details"]["sudo"], "maria", "{refused}");
}

/// The first event of that kind about the token; denials are written in batches, a moment later.
async fn event(gate: &TestGate, action: &str, token: &Bearer) -> Value {
    let path = format!("/audit/events?action={action}&token_id={}", token.id());
    for _ in 0..100 {
        let found = gate.root().native().own("GET", &path).send().await.assert_status(200).json();
        if let Some(event) = found["events"].get(0) {
            return event.clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no {action} of token {}", token.id());
}
