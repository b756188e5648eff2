//! Reports of leaked tokens.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn narrowgates_tokens_are_revoked_at_once() {
    let world = World::new().await;
    let (token, text) = world.plain_token("maria", |_| {}).await;
    let unknown = format!("{}x", &text[..text.len() - 1]);
    let report = json!([
        { "token": text, "type": "narrowgate_pat", "url": format!("https://x.example/?t={text}"), "source": "commit" },
        { "token": unknown, "type": "narrowgate_pat", "location": "https://y.example" },
        { "token": "glpat-AAECAwQFBgcICQoLDA0O", "type": "gitleaks_rule_id_gitlab_personal_access_token" },
        { "token": "" },
    ]);
    let reply = world.anybody("POST", "/leaks", report.clone()).await;
    assert!(!reply.text.contains(&text), "the answer must not repeat a token");
    let answers = reply.expect(200);
    let told = |at: usize| (answers[at]["label"].as_str().unwrap(), answers[at]["outcome"].as_str().unwrap());
    assert_eq!(told(0), ("true_positive", "revoked"));
    assert_eq!(told(1), ("false_positive", "unknown"));
    assert_eq!(told(2), ("true_positive", "native"));
    assert_eq!(told(3), ("false_positive", "unknown"));
    assert_eq!(world.fate(&token).await, Some("leaked"));
    let events = world.get(&world.user("root"), "/audit/events?action=token.leaked").await;
    assert!(!events.text.contains(&text), "nor must the audit log");
    let event = &events.expect(200)["events"][0];
    assert_eq!(event["details"]["url"], "https://x.example/?t=[token]");
    assert_eq!(event["address"], "192.0.2.9");
    let again = world.anybody("POST", "/leaks", report).await.expect(200);
    assert_eq!(again[0]["outcome"], "inactive");
}

#[tokio::test]
async fn reports_are_bounded() {
    let world = World::new().await;
    let many = vec![json!({ "token": "x" }); 501];
    assert_eq!(world.anybody("POST", "/leaks", json!(many)).await.status, 422);
    for _ in 0..59 {
        world.anybody("POST", "/leaks", json!([])).await.expect(200);
    }
    let reply = world.anybody("POST", "/leaks", json!([])).await;
    assert_eq!(reply.code(), (429, "rate_limited".to_owned()));
    assert_eq!(reply.headers["retry-after"], "60");
}
