//! What was acknowledged survives `kill -9`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::{Serving, connected, http};

const ROUNDS: u64 = 6;
const ISSUES: &str = "/api/v4/projects/acme%2Fweb/issues";

/// A token whose creation was acknowledged, and whether its revocation was.
#[derive(Clone)]
struct Acknowledged {
    id: u64,
    token: String,
    revoked: bool,
}

type Log = Arc<Mutex<Vec<Acknowledged>>>;

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_tokens_work_and_revoked_ones_are_dead_after_a_kill() {
    let (sandbox, place) = connected().await;
    let native = sandbox.native_token("maria").unwrap().expose_secret().to_owned();
    let log = Log::default();
    for round in 0..ROUNDS {
        let serving = Serving::start(&place, &[]);
        check(serving.url(), &log).await;
        let writer = tokio::spawn(write(serving.url().to_owned(), native.clone(), Arc::clone(&log)));
        let enough = log.lock().unwrap().len() + 4;
        while log.lock().unwrap().len() < enough {
            assert!(!writer.is_finished(), "the gate stopped answering");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        // Different moments of different operations.
        tokio::time::sleep(Duration::from_micros(700 * round)).await;
        serving.kill();
        writer.await.unwrap();
    }
    let serving = Serving::start(&place, &[]);
    check(serving.url(), &log).await;
    let log = log.lock().unwrap();
    assert!(
        log.iter().any(|entry| entry.revoked) && log.iter().any(|entry| !entry.revoked),
        "nothing happened"
    );
}

/// Creates tokens and revokes every second one, until the gate is gone. Only what was acknowledged is logged; a token
/// whose revocation was asked for and not acknowledged may be either, and is taken out.
async fn write(url: String, native: String, log: Log) {
    let client = http();
    for number in 0.. {
        let Some(created) = create(&client, &url, &native).await else { return };
        let id = created.id;
        if number % 2 == 1 {
            log.lock().unwrap().push(created);
            continue;
        }
        let request = client.delete(format!("{url}/api/v4/personal_access_tokens/{id}"));
        let Ok(answer) = request.header("PRIVATE-TOKEN", &native).send().await else { return };
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        log.lock().unwrap().push(Acknowledged { revoked: true, ..created });
    }
}

async fn create(client: &Client, url: &str, native: &str) -> Option<Acknowledged> {
    let scope = json!({
        "access": "selected_memberships",
        "project_ids": [20],
        "permissions": ["read_work_item"],
    });
    let request = client.post(format!("{url}/api/v4/user/personal_access_tokens"));
    let body = json!({"name": "crash", "granular_scopes": [scope]});
    let answer = request.header("PRIVATE-TOKEN", native).json(&body).send().await.ok()?;
    let status = answer.status();
    let body: Value = answer.json().await.ok()?;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    Some(Acknowledged { id: body["id"].as_u64()?, token: body["token"].as_str()?.to_owned(), revoked: false })
}

/// Every acknowledged token works, every revoked one is dead.
async fn check(url: &str, log: &Log) {
    let client = http();
    let entries = log.lock().unwrap().clone();
    for Acknowledged { id, token, revoked } in entries {
        let answer =
            client.get(format!("{url}{ISSUES}")).header("PRIVATE-TOKEN", token).send().await.unwrap();
        let expected = if revoked { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
        assert_eq!(answer.status(), expected, "token {id}");
    }
}
