//! What a holder of a narrow token may try to learn or change beyond it through GraphQL.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use narrowgate_sandbox::{Sandbox, SandboxConfig};
use narrowgate_tests::grant::{group, memberships, project};
use narrowgate_tests::world::{ACME, API, WEB};
use narrowgate_tests::{Bearer, TestGate};
use serde_json::{Value, json};

async fn furnished() -> TestGate {
    let config = SandboxConfig { furnished: true, ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.expect("the sandbox starts");
    TestGate::builder().sandbox(sandbox).start().await
}

async fn ask(token: &Bearer, document: &str) -> Value {
    let mut answer = token.graphql(document, json!({})).await.assert_status(200).json();
    forget(&mut answer);
    answer
}

/// Leaves out what differs between any two requests.
fn forget(answer: &mut Value) {
    for error in answer.pointer_mut("/errors").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(Value::Object(detail)) = error.pointer_mut("/extensions/narrowgate") {
            detail.remove("request_id");
        }
    }
}

fn reasons(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().filter_map(|error| error["extensions"]["narrowgate"]["reason"].as_str()).collect()
}

/// The root fields that the instance executed for the token's owner.
fn executed(gate: &TestGate) -> Vec<String> {
    let seen = gate.sandbox().requests().into_iter().filter(|seen| seen.user.as_deref() == Some("maria"));
    seen.flat_map(|seen| seen.graphql.into_iter().flat_map(|operation| operation.fields)).collect()
}

/// Searching for every beginning of a text, one after the other, would spell it out.
#[tokio::test(flavor = "multi_thread")]
async fn searching_tells_nothing_of_what_is_withheld() {
    let gate = furnished().await;
    let narrow = gate
        .maintainer()
        .token(&[group(ACME, &["read_group"]), project(WEB, &["read_project", "read_work_item"])])
        .await;
    for (there, nowhere) in [
        (
            r#"{ group(fullPath: "acme") { issues(search: "of acme/api") { nodes { title } } } }"#,
            r#"{ group(fullPath: "acme") { issues(search: "of acme/xyz") { nodes { title } } } }"#,
        ),
        (
            r#"{ group(fullPath: "acme") { issues(search: "of acme/api") { pageInfo { hasNextPage } } } }"#,
            r#"{ group(fullPath: "acme") { issues(search: "of acme/xyz") { pageInfo { hasNextPage } } } }"#,
        ),
        (
            r#"{ snippets(search: "api") { nodes { title } } }"#,
            r#"{ snippets(search: "xyz") { nodes { title } } }"#,
        ),
    ] {
        let (found, missed) = (ask(&narrow, there).await, ask(&narrow, nowhere).await);
        assert_eq!(found, missed, "{there}");
        assert!(!reasons(&found).is_empty(), "{there}: {found}");
    }
    // Where it may see all that is looked through, it may search.
    let own = ask(
        &narrow,
        r#"{ project(fullPath: "acme/web") { issues(search: "Issue 1") { nodes { title } } } }"#,
    )
    .await;
    assert_eq!(own["data"]["project"]["issues"]["nodes"].as_array().map(Vec::len), Some(1), "{own}");
    let wide = gate.maintainer().token(&[group(ACME, &["read_group", "read_work_item"])]).await;
    let below =
        r#"{ group(fullPath: "acme") { issues(search: "Issue 1 of acme/api") { nodes { title } } } }"#;
    let below = ask(&wide, below).await;
    assert_eq!(below["data"]["group"]["issues"]["nodes"].as_array().map(Vec::len), Some(1), "{below}");
    let found = r#"{ snippets(search: "e") { nodes { title } } }"#;
    let member = gate.maintainer().token(&[memberships(&["read_snippet"])]).await;
    let seen = ask(&member, found).await;
    assert_eq!((seen["data"]["snippets"]["nodes"].is_array(), reasons(&seen)), (true, vec![]), "{seen}");
    // An administrator sees more than memberships.
    let root = gate.root().token(&[memberships(&["read_snippet"])]).await;
    let unseen = ask(&root, found).await;
    assert_eq!((&unseen["data"]["snippets"], reasons(&unseen)), (&Value::Null, vec!["outside_boundary"]));
    // Clients find projects in no other way; what is left out is told.
    let projects = ask(&narrow, r#"{ projects(search: "e") { nodes { fullPath } } }"#).await;
    assert_eq!(projects["data"]["projects"]["nodes"], json!([{"fullPath": "acme/web"}]), "{projects}");
    assert!(projects["extensions"]["narrowgate"]["withheld"].is_array(), "{projects}");
}

/// A cursor holds what a list is sorted by, and anybody can write one.
#[tokio::test(flavor = "multi_thread")]
async fn pages_of_lists_that_are_sorted_by_text_tell_nothing_of_what_is_withheld() {
    let gate = furnished().await;
    let narrow = gate.maintainer().token(&[project(WEB, &["read_project"])]).await;
    for document in [
        r#"{ projects(sort: "name_asc", first: 1) { pageInfo { endCursor } } }"#,
        r#"query($sort: String = "path_desc") { projects(sort: $sort, first: 1) { pageInfo { hasNextPage } } }"#,
        r#"{ projects(sort: "name_asc", first: 1, after: "MQ==") { nodes { name } } }"#,
        r#"{ projects(sort: "name_asc", last: 1, before: "Mw==") { edges { cursor } } }"#,
    ] {
        let answer = ask(&narrow, document).await;
        assert_eq!((&answer["data"]["projects"], reasons(&answer)), (&Value::Null, vec!["outside_boundary"]));
    }
    for document in [
        r#"{ projects(sort: "name_asc") { nodes { fullPath } } }"#,
        r#"{ projects(sort: "id_asc") { nodes { fullPath } pageInfo { endCursor } } }"#,
        "{ projects { nodes { fullPath } pageInfo { hasNextPage } } }",
    ] {
        let answer = ask(&narrow, document).await;
        assert_eq!(answer["data"]["projects"]["nodes"], json!([{"fullPath": "acme/web"}]), "{answer}");
    }
}

/// An epic of another group would be shown beside the issue, and changed.
#[tokio::test(flavor = "multi_thread")]
async fn records_of_others_are_not_linked() {
    let gate = furnished().await;
    let held = ["read_work_item", "create_work_item", "update_work_item"];
    let token = gate.maintainer().token(&[project(WEB, &held)]).await;
    for document in [
        r#"mutation { issueSetEpic(input: {projectPath: "acme/web", iid: "1", epicId: "gid://gitlab/Epic/1"}) { errors } }"#,
        r#"mutation { issueMove(input: {projectPath: "acme/web", iid: "1", targetProjectPath: "acme/api"}) { errors } }"#,
    ] {
        let answer = ask(&token, document).await;
        assert_eq!(reasons(&answer).len(), 1, "{answer}");
    }
    assert!(!executed(&gate).iter().any(|field| field.starts_with("issue")), "{:?}", executed(&gate));
    let without =
        r#"mutation { issueSetEpic(input: {projectPath: "acme/web", iid: "1", epicId: null}) { errors } }"#;
    let without = ask(&token, without).await;
    assert_eq!(without["data"], json!({"issueSetEpic": {"errors": []}}), "{without}");
}

/// Whatever a body is written in, the instance gets what the gate understood, or nothing.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_read_in_one_way() {
    let gate = furnished().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_project"])]).await;
    ask(&token, "{ __typename }").await;
    let theirs = r#"{"query": "{ project(fullPath: \"acme/api\") { name } }"}"#;
    let mine = r#"{"query": "{ project(fullPath: \"acme/web\") { name } }"}"#;
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut zipped = GzEncoder::new(Vec::new(), Compression::fast());
    zipped.write_all(theirs.as_bytes()).expect("memory takes bytes");
    let zipped = zipped.finish().expect("memory takes bytes");
    let bodies = [
        ("UTF-16", Some("application/json; charset=utf-16"), None, wide(theirs)),
        ("UTF-16, not said", Some("application/json"), None, wide(theirs)),
        ("UTF-16 is said, and UTF-8 comes", Some("application/json; charset=utf-16"), None, theirs.into()),
        ("a byte order mark", Some("application/json"), None, format!("\u{feff}{theirs}").into()),
        (
            "no UTF-8",
            Some("application/json"),
            None,
            b"{\"query\": \"{ project(fullPath: \\\"acme/api\xff\\\") { name } }\"}".to_vec(),
        ),
        (
            "an overlong slash",
            Some("application/json"),
            None,
            b"{\"query\": \"{ project(fullPath: \\\"acme\xc0\xafapi\\\") { name } }\"}".to_vec(),
        ),
        ("gzip", Some("application/json"), Some("gzip"), zipped.clone()),
        ("gzip, not said", Some("application/json"), None, zipped),
        ("gzip is said, and JSON comes", Some("application/json"), Some("gzip"), theirs.into()),
        ("no coding", Some("application/json"), Some("identity"), theirs.into()),
        ("text", Some("text/plain"), None, theirs.into()),
        (
            "a bare document",
            Some("application/graphql"),
            None,
            r#"{ project(fullPath: "acme/api") { name } }"#.into(),
        ),
        ("JSON without a type", None, None, theirs.into()),
        ("two types", Some("text/plain, application/json"), None, theirs.into()),
        ("JSON as a form", Some("application/x-www-form-urlencoded"), None, theirs.into()),
        ("two documents", Some("application/json"), None, format!("{mine}{theirs}").into()),
        (
            "a persisted document",
            Some("application/json"),
            None,
            br#"{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "00"}}}"#.to_vec(),
        ),
        (
            "wrapped, as Rails wraps arrays",
            Some("application/json"),
            None,
            format!(r#"{{"_json": [{theirs}]}}"#).into(),
        ),
        (
            "wrapped, as Rails wraps objects",
            Some("application/json"),
            None,
            format!(r#"{{"graphql": {theirs}}}"#).into(),
        ),
        ("JSON Lines", Some("application/json"), None, format!("{mine}\n{theirs}\n").into()),
    ];
    for (name, kind, coding, body) in bodies {
        gate.sandbox().clear_requests();
        let call = token.call("POST", "").at_root("/api/graphql").content(body);
        let call = kind.into_iter().fold(call, |call, kind| call.header("content-type", kind));
        let call = coding.into_iter().fold(call, |call, coding| call.header("content-encoding", coding));
        let reply = call.send().await;
        assert!(!reply.text().contains("\"api\""), "{name}: {}", reply.summary());
        assert_eq!(executed(&gate), Vec::<String>::new(), "{name}: {}", reply.summary());
    }
    // What stands beside the document is not passed on.
    gate.sandbox().clear_requests();
    let beside = format!(
        r#"{{"extensions": {{"persistedQuery": {{"version": 1, "sha256Hash": "00"}}}}, "_json": [{theirs}], "id": "x", {}"#,
        &mine[1..]
    );
    let reply = token.call("POST", "").at_root("/api/graphql").body("application/json", beside).send().await;
    assert_eq!(reply.json(), json!({"data": {"project": {"name": "web"}}}));
    let sent = gate.sandbox().requests();
    assert!(sent.iter().all(|seen| !format!("{seen:?}").contains("persistedQuery")), "{sent:?}");
}

/// Nothing is remembered of one token for another: neither of its plan nor of its places.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_token_saw_is_not_another_s() {
    let gate = furnished().await;
    let document = r#"{ project(fullPath: "acme/api") { name issues { nodes { title } } } }"#;
    let wide = gate.maintainer().token(&[project(API, &["read_project", "read_work_item"])]).await;
    let narrow = gate.maintainer().token(&[project(WEB, &["read_project", "read_work_item"])]).await;
    for _ in 0..2 {
        let seen = ask(&wide, document).await;
        assert_eq!(seen["data"]["project"]["name"], "api", "{seen}");
        let unseen = ask(&narrow, document).await;
        assert_eq!(
            (&unseen["data"], reasons(&unseen)),
            (&json!({"project": null}), vec!["outside_boundary"])
        );
    }
    // dev may not see what maria sees, with the same grant.
    let vault = r#"{ project(fullPath: "root/vault") { name } }"#;
    let root = gate.root().token(&[memberships(&["read_project"])]).await;
    let dev = gate.developer().token(&[memberships(&["read_project"])]).await;
    assert_eq!(ask(&root, vault).await["data"]["project"]["name"], "vault");
    assert_eq!(reasons(&ask(&dev, vault).await), ["not_found"]);
}
