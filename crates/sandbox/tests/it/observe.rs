//! What the forge remembers, echoes and, when asked to, does wrong.

use std::time::Duration;

use narrowgate_sandbox::Fault;
use reqwest::Method;
use serde_json::json;

use crate::support::Forge;

#[tokio::test]
async fn requests_are_remembered_without_their_secrets() {
    let forge = Forge::start().await;
    let token = forge.token("dev");
    let path = format!("/api/v4/projects/20/issues?private_token={token}&page=1");
    forge.request(Method::POST, "maria", &path).json(&json!({ "title": "x" })).send().await.unwrap();
    let seen = forge.sandbox.requests();
    let one = seen.last().unwrap();
    assert_eq!((one.method.as_str(), one.path.as_str()), ("POST", "/api/v4/projects/20/issues"));
    assert_eq!(one.query.as_deref(), Some("private_token=[redacted]&page=1"));
    let carriers: Vec<_> =
        one.credentials.iter().map(|it| (it.carrier.as_str(), it.owner.as_deref())).collect();
    assert_eq!(carriers, [("query private_token", Some("dev")), ("PRIVATE-TOKEN", Some("maria"))]);
    assert_eq!(one.body.bytes, 13);
    assert!(one.has_header("content-type"));
    assert!(!format!("{seen:?}").contains(&token));
    forge.sandbox.clear_requests();
    assert!(forge.sandbox.requests().is_empty());
}

#[tokio::test]
async fn catalogued_endpoints_without_state_echo_and_unknown_ones_are_not_found() {
    let forge = Forge::start().await;
    let echo =
        forge.post("maria", "/projects/20/deploy_tokens?x=1", json!({ "name": "n" })).await.expect(201);
    let echo = &echo.body["echo"];
    assert_eq!(echo["template"], "/projects/:id/deploy_tokens");
    assert_eq!(echo["body"], json!({ "name": "n" }));
    assert_eq!((echo["user"].clone(), echo["credential"].clone()), (json!("maria"), json!("PRIVATE-TOKEN")));
    forge.post("gus", "/projects/20/deploy_tokens", json!({})).await.expect(403);
    forge.post("maria", "/projects/34/deploy_tokens", json!({})).await.expect(404);
    assert_eq!(
        forge.get("maria", "/no/such/thing").await.expect(404).body,
        json!({ "error": "404 Not Found" })
    );
}

#[tokio::test]
async fn faults_strike_below_their_prefix_only() {
    let forge = Forge::start().await;
    let sandbox = &forge.sandbox;
    sandbox.fault("/api/v4/projects/20", Fault::Status(502));
    forge.get("maria", "/projects/20").await.expect(502);
    forge.get("maria", "/projects/21").await.expect(200);
    sandbox.fault("/api/v4/projects/20", Fault::ResetMidBody);
    let response = forge.request(Method::GET, "maria", "/api/v4/projects/20").send().await.unwrap();
    assert!(response.bytes().await.is_err());
    sandbox.fault("/api/v4/projects/20", Fault::BadJson);
    assert!(forge.get("maria", "/projects/20").await.expect(200).body.is_null());
    sandbox.fault("/api/v4/projects/20", Fault::Hang);
    let request =
        forge.request(Method::GET, "maria", "/api/v4/projects/20").timeout(Duration::from_millis(200));
    assert!(request.send().await.unwrap_err().is_timeout());
    sandbox.clear_faults();
    forge.get("maria", "/projects/20").await.expect(200);
}

#[tokio::test]
async fn it_speaks_http_2_and_stops_in_good_order() {
    let forge = Forge::start().await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    let url = format!("{}/api/v4/projects/23", forge.sandbox.base_url());
    let response = client.get(&url).send().await.unwrap();
    assert_eq!(response.version(), reqwest::Version::HTTP_2);
    assert!(response.headers()["x-request-id"].to_str().unwrap().starts_with("sandbox-"));
    forge.sandbox.fault("/api/v4/version", Fault::Hang);
    let hanging = forge.request(Method::GET, "maria", "/api/v4/version");
    let hanging = tokio::spawn(async move { hanging.send().await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    tokio::time::timeout(Duration::from_secs(10), forge.sandbox.stop()).await.unwrap();
    assert!(hanging.await.unwrap().is_err());
    assert!(client.get(&url).send().await.is_err());
}
