//! The audit log: what is in it, and that tampering shows.

use std::time::Duration;

use narrowgate_tests::grant::project;
use narrowgate_tests::world::WEB;
use narrowgate_tests::{TestGate, run};
use serde_json::{Value, json};
use tokio::process::Command;

/// Runs SQL on the database behind Narrowgate's back, by Python's SQLite.
async fn tamper(gate: &TestGate, sql: &str) {
    let script = "import sqlite3, sys\nconnection = sqlite3.connect(sys.argv[1], timeout=20)\n\
                  connection.executescript(sys.argv[2])\nconnection.close()";
    let mut command = Command::new("python3");
    command.args(["-c", script]).arg(gate.folder().join("narrowgate.db")).arg(sql);
    run(&mut command, "").await.assert_ok();
}

async fn events(gate: &TestGate) -> Vec<Value> {
    let exported = gate.narrowgate(&["audit", "export"]).await.assert_ok();
    exported.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect()
}

/// Makes a token, is refused with it, revokes it; waits until the log tells of all three.
async fn live(gate: &TestGate) -> Vec<Value> {
    let token = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    token.get("/projects/20/jobs").await.assert_denied("read_job");
    let path = format!("/personal_access_tokens/{}", token.id());
    gate.maintainer().native().delete(&path).await.assert_status(204);
    for _ in 0..50 {
        let events = events(gate).await;
        let told = |action: &str| {
            events.iter().any(|event| event["action"] == action && event["token_id"] == token.id())
        };
        if ["token.created", "request.denied", "token.revoked"].into_iter().all(told) {
            return events;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{:?}", events(gate).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tampered_row_is_named() {
    let gate = TestGate::start().await;
    let events = live(&gate).await;
    let of = |action: &str| {
        let event = events.iter().find(|event| event["action"] == action);
        event.and_then(|event| event["id"].as_i64()).expect("an event")
    };
    let (denied, created) = (of("request.denied"), of("token.created"));
    gate.narrowgate(&["audit", "verify"]).await.assert_ok();
    for change in [
        "details = replace(details, 'read_job', 'read_jot')",
        "user_id = 3",
        "address = '192.0.2.1'",
        "at = at + 1",
        "action = 'request.allowed'",
    ] {
        tamper(&gate, &format!("create table kept as select * from audit_events; update audit_events set {change} where id = {denied};")).await;
        let found = gate.narrowgate(&["audit", "verify"]).await;
        assert_eq!(found.code, 2, "{change}: {}", found.output());
        assert!(names(&found.stdout, denied), "{change}: {}", found.output());
        assert!(!names(&found.stdout, created), "{change}: {}", found.output());
        let shown = gate.root().native().own("GET", "/audit/verify").send().await.assert_status(200).json();
        assert_eq!((&shown["intact"], &shown["flaws"][0]["id"]), (&json!(false), &json!(denied)), "{shown}");
        tamper(
            &gate,
            "delete from audit_events; insert into audit_events select * from kept; drop table kept;",
        )
        .await;
        gate.narrowgate(&["audit", "verify"]).await.assert_ok();
    }
    tamper(&gate, &format!("delete from audit_events where id = {denied};")).await;
    let found = gate.narrowgate(&["audit", "verify"]).await;
    assert_eq!(found.code, 2, "{}", found.output());
}

/// Whether a line of the output is about the event: its first word is an id.
fn names(output: &str, id: i64) -> bool {
    let id = id.to_string();
    output.lines().any(|line| line.split_whitespace().next() == Some(&id))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_told_without_secrets() {
    let gate = TestGate::start().await;
    let events = live(&gate).await;
    let created = events.iter().find(|event| event["action"] == "token.created").expect("an event");
    assert_eq!(created["user_id"], 2, "{created}");
    assert_eq!(created["address"], "127.0.0.1", "{created}");
    assert!(created["request_id"].is_string() && created["digest_prefix"].is_string(), "{created}");
    let text = serde_json::to_string(&events).expect("JSON");
    assert!(!text.contains("ngpat-"), "{text}");
    let root = gate.root().native();
    let shown = root.own("GET", "/audit/events").send().await.assert_status(200);
    assert!(shown.text().contains("request.denied"), "{}", shown.text());
    gate.developer().native().own("GET", "/audit/export").send().await.assert_status(403);
}
