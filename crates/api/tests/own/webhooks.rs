//! Webhooks: made, tested, changed and removed.

use std::sync::atomic::Ordering;

use narrowgate_api::lifecycle::{SIGNATURE_HEADER, TIMESTAMP_HEADER, signature};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn from_making_to_removing() {
    let world = World::new().await;
    let root = world.user("root");
    let body = json!({ "url": "https://hooks.example.com/in", "events": ["token.*"] });
    assert_eq!(world.call(&world.user("maria"), "POST", "/webhooks", body.clone()).await.status, 403);
    let made = world.call(&root, "POST", "/webhooks", body).await.expect(201);
    let secret = SecretString::from(made["secret"].as_str().unwrap().to_owned());
    let shown = world.get(&root, "/webhooks/1").await.expect(200);
    assert_eq!((&shown["secret"], &shown["deliveries"]), (&Value::Null, &json!([])));
    let tested = world.call(&root, "POST", "/webhooks/1/test", Value::Null).await.expect(200);
    assert_eq!(tested, json!({ "delivered": true, "status": 200, "error": null }));
    let message = world.sender.messages.lock().unwrap().pop().unwrap();
    let header = |name: &str| message.headers.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let expected = signature(&secret, &header(TIMESTAMP_HEADER), &message.body);
    assert_eq!(header(SIGNATURE_HEADER), format!("v1={expected}"));
    world.sender.status.store(0, Ordering::SeqCst);
    let tested = world.call(&root, "POST", "/webhooks/1/test", Value::Null).await.expect(200);
    assert_eq!(tested["error"], "the receiver did not answer in time");
    let changed = world.call(&root, "PATCH", "/webhooks/1", json!({ "events": ["policy.updated"] })).await;
    assert_eq!(changed.expect(200)["events"], json!(["policy.updated"]));
    assert_eq!(world.get(&root, "/webhooks").await.expect(200)["webhooks"].as_array().unwrap().len(), 1);
    assert_eq!(world.call(&root, "DELETE", "/webhooks/1", Value::Null).await.status, 204);
    assert_eq!(world.call(&root, "DELETE", "/webhooks/1", Value::Null).await.status, 404);
}

#[tokio::test]
async fn url_and_secret_are_changed_together_or_apart() {
    let world = World::new().await;
    let root = world.user("root");
    let body = json!({ "url": "https://a.example.com/in", "events": ["token.*"] });
    let made = world.call(&root, "POST", "/webhooks", body).await.expect(201);
    let edit = async |body: Value| world.call(&root, "PATCH", "/webhooks/1", body).await;
    // Where the test message goes, and whether it is signed with a secret.
    let test = async |secret: &Value| {
        world.call(&root, "POST", "/webhooks/1/test", Value::Null).await.expect(200);
        let message = world.sender.messages.lock().unwrap().pop().unwrap();
        let header = |name: &str| message.headers.iter().find(|(known, _)| *known == name).unwrap().1.clone();
        let secret = SecretString::from(secret.as_str().unwrap().to_owned());
        let expected = signature(&secret, &header(TIMESTAMP_HEADER), &message.body);
        assert_eq!(header(SIGNATURE_HEADER), format!("v1={expected}"));
        message.url
    };
    let moved = edit(json!({ "url": "https://b.example.com" })).await.expect(200);
    assert_eq!((&moved["url"], &moved["secret"]), (&json!("https://b.example.com/"), &Value::Null));
    assert_eq!(test(&made["secret"]).await, "https://b.example.com/");
    let renewed = edit(json!({ "new_secret": true })).await;
    assert_eq!(renewed.headers["cache-control"], "no-store");
    let renewed = renewed.expect(200);
    assert_ne!(renewed["secret"], made["secret"]);
    assert_eq!(test(&renewed["secret"]).await, "https://b.example.com/");
    let chosen = json!("chosen by the receiver");
    let both = edit(json!({ "url": "https://c.example.com/", "secret": chosen, "events": ["*"] })).await;
    assert_eq!(both.expect(200)["events"], json!(["*"]));
    assert_eq!(test(&chosen).await, "https://c.example.com/");
    for wrong in [
        json!({}),
        json!({ "new_secret": false }),
        json!({ "url": "http://hooks.example.com" }),
        json!({ "secret": "short" }),
        json!({ "secret": "long enough to be one", "new_secret": true }),
        json!({ "events": [] }),
    ] {
        assert_eq!(edit(wrong.clone()).await.code(), (422, "invalid".to_owned()), "{wrong}");
    }
    let events = world.get(&root, "/audit/events").await.text;
    assert!(events.contains("secret_changed") && !events.contains(chosen.as_str().unwrap()), "{events}");
}

#[tokio::test]
async fn wrong_ones_are_refused() {
    let world = World::new().await;
    for wrong in [
        json!({ "url": "http://hooks.example.com", "events": ["*"] }),
        json!({ "url": "https://a:b@hooks.example.com", "events": ["*"] }),
        json!({ "url": "hooks", "events": ["*"] }),
        json!({ "url": "https://hooks.example.com", "events": [] }),
        json!({ "url": "https://hooks.example.com", "events": ["Token Created"] }),
        json!({ "url": "https://hooks.example.com", "events": ["*"], "secret": "short" }),
    ] {
        let reply = world.call(&world.user("root"), "POST", "/webhooks", wrong.clone()).await;
        assert_eq!(reply.code(), (422, "invalid".to_owned()), "{wrong}");
    }
}
