use std::time::Duration;

use futures_util::future::join_all;
use narrowgate_secret::Sealed;
use narrowgate_store::time::Timestamp;
use narrowgate_store::webhooks::{DeliveryState, NewWebhook, StreamedMessage, Webhook};
use narrowgate_store::{DeliveryId, StoreError, TenantId, WebhookId};

use crate::fixture::Fixture;

const LEASE: Duration = Duration::from_secs(30);

fn new(url: &str, events: &[&str]) -> NewWebhook {
    NewWebhook {
        tenant: TenantId::DEFAULT,
        url: url.to_owned(),
        secret: Sealed { key_id: "66687aad".to_owned(), bytes: vec![4, 5] },
        events: events.iter().map(|event| (*event).to_owned()).collect(),
    }
}

async fn add(fixture: &Fixture, url: &str, events: &[&str]) -> Webhook {
    fixture.store.webhooks().add(&new(url, events)).await.unwrap()
}

async fn enqueue(fixture: &Fixture, event: &str) -> u32 {
    let (tenant, now) = (TenantId::DEFAULT, fixture.store.now());
    fixture.store.webhooks().enqueue(tenant, event, "{}", now).await.unwrap()
}

async fn claim(fixture: &Fixture) -> Vec<(DeliveryId, u32)> {
    let claimed = fixture.store.webhooks().claim(fixture.store.now(), LEASE, 10).await.unwrap();
    claimed.into_iter().map(|delivery| (delivery.id, delivery.attempt)).collect()
}

pub(crate) async fn are_found_as_added(fixture: &Fixture) {
    let webhooks = fixture.store.webhooks();
    let first = add(fixture, "https://a.example.com", &["token.created", "token.revoked"]).await;
    let second = add(fixture, "https://b.example.com", &["*"]).await;
    assert_eq!(webhooks.lookup(first.id).await.unwrap(), Some(first.clone()));
    assert_eq!(webhooks.list(TenantId::DEFAULT).await.unwrap(), [first.clone(), second.clone()]);
    assert!(webhooks.remove(first.id, fixture.store.now()).await.unwrap());
    assert!(!webhooks.remove(first.id, fixture.store.now()).await.unwrap());
    assert_eq!(webhooks.list(TenantId::DEFAULT).await.unwrap(), [second]);
    for wrong in [new("", &["*"]), new("https://c", &[]), new("https://c", &["a b"])] {
        assert!(matches!(webhooks.add(&wrong).await, Err(StoreError::Conflict(..))), "{wrong:?}");
    }
    // Numbers are not used again.
    assert_eq!(add(fixture, "https://c.example.com", &["*"]).await.id, WebhookId(3));
}

pub(crate) async fn hear_of_their_events(fixture: &Fixture) {
    add(fixture, "https://all", &["*"]).await;
    add(fixture, "https://tokens", &["token.*"]).await;
    let one = add(fixture, "https://one", &["token.created", "audit.broken"]).await;
    let theirs = NewWebhook { tenant: fixture.tenant().await, ..new("https://theirs", &["*"]) };
    fixture.store.webhooks().add(&theirs).await.unwrap();
    for (event, expected) in [("token.created", 3), ("token.revoked", 2), ("tokens", 1), ("audit.broken", 2)]
    {
        assert_eq!(enqueue(fixture, event).await, expected, "{event}");
    }
    let deliveries = fixture.store.webhooks().deliveries(one.id, 10).await.unwrap();
    let events: Vec<_> = deliveries.iter().map(|delivery| delivery.event.as_str()).collect();
    assert_eq!(events, ["audit.broken", "token.created"]);
}

pub(crate) async fn are_tried_until_they_succeed(fixture: &Fixture) {
    let webhook = add(fixture, "https://all", &["*"]).await;
    enqueue(fixture, "first").await;
    enqueue(fixture, "second").await;
    let webhooks = fixture.store.webhooks();
    let (one, two) = (DeliveryId(1), DeliveryId(2));
    assert_eq!(claim(fixture).await, [(one, 1), (two, 1)]);
    assert_eq!(claim(fixture).await, []);
    webhooks.delivered(one).await.unwrap();
    let next = fixture.store.now() + Duration::from_secs(10);
    webhooks.failed(two, "connection refused", Some(next)).await.unwrap();
    fixture.clock.set(Timestamp(next.0 - 1));
    assert_eq!(claim(fixture).await, []);
    fixture.clock.set(next);
    assert_eq!(claim(fixture).await, [(two, 2)]);
    // Who claimed it is gone: another takes over.
    fixture.clock.advance(LEASE);
    assert_eq!(claim(fixture).await, [(two, 3)]);
    webhooks.failed(two, "410 Gone", None).await.unwrap();
    fixture.clock.advance(LEASE);
    assert_eq!(claim(fixture).await, []);
    let shown = webhooks.deliveries(webhook.id, 10).await.unwrap();
    assert_eq!(shown[0].state, DeliveryState::Failed);
    assert_eq!(shown[0].last_error.as_deref(), Some("410 Gone"));
    assert_eq!((shown[1].state, shown[1].attempt), (DeliveryState::Delivered, 1));
    enqueue(fixture, "third").await;
    assert_eq!(webhooks.forget_deliveries(fixture.store.now()).await.unwrap(), 2);
    assert_eq!(webhooks.deliveries(webhook.id, 10).await.unwrap().len(), 1);
}

pub(crate) async fn are_claimed_by_one(fixture: &Fixture) {
    add(fixture, "https://all", &["*"]).await;
    for _ in 0..10 {
        enqueue(fixture, "event").await;
    }
    let claims = (0..10).map(|_| fixture.store.webhooks().claim(fixture.store.now(), LEASE, 3));
    let claimed = join_all(claims).await.into_iter().flat_map(Result::unwrap);
    let mut ids: Vec<_> = claimed.map(|delivery| delivery.id.0).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=10).collect::<Vec<_>>());
}

pub(crate) async fn take_their_deliveries_along(fixture: &Fixture) {
    let webhook = add(fixture, "https://all", &["*"]).await;
    enqueue(fixture, "event").await;
    assert!(fixture.store.webhooks().remove(webhook.id, fixture.store.now()).await.unwrap());
    assert_eq!(claim(fixture).await, []);
    assert_eq!(fixture.store.webhooks().deliveries(webhook.id, 10).await.unwrap(), []);
}

pub(crate) async fn change_as_they_were_read(fixture: &Fixture) {
    let webhooks = fixture.store.webhooks();
    let before = add(fixture, "https://a.example.com", &["token.created"]).await;
    let secret = Sealed { key_id: "0badcafe".to_owned(), bytes: vec![6, 7, 8] };
    let edit = NewWebhook { secret, ..new("https://b.example.com", &["token.*", "policy.updated"]) };
    let now = fixture.store.now();
    assert!(webhooks.update(&before, &edit, now).await.unwrap());
    let NewWebhook { url, secret, events, .. } = edit.clone();
    let after = Webhook { url, secret, events, ..before.clone() };
    assert_eq!(webhooks.lookup(before.id).await.unwrap(), Some(after.clone()));
    // Whoever read it before that would undo the edit.
    assert!(!webhooks.update(&before, &new("https://c.example.com", &["*"]), now).await.unwrap());
    let elsewhere = NewWebhook { tenant: TenantId(2), ..edit.clone() };
    assert!(!webhooks.update(&after, &elsewhere, now).await.unwrap());
    let malformed = NewWebhook { events: vec!["a b".to_owned()], ..edit.clone() };
    assert!(matches!(webhooks.update(&after, &malformed, now).await, Err(StoreError::Conflict(..))));
    assert_eq!(webhooks.lookup(before.id).await.unwrap(), Some(after.clone()));
    let gone = Webhook { id: WebhookId(99), ..after };
    assert!(!webhooks.update(&gone, &edit, now).await.unwrap());
}

pub(crate) async fn hear_of_each_audit_event_once(fixture: &Fixture) {
    let (webhooks, tenant) = (fixture.store.webhooks(), TenantId::DEFAULT);
    let webhook = add(fixture, "https://a.example.com", &["token.*"]).await;
    assert_eq!(webhooks.streamed(tenant).await.unwrap(), 0);
    let message = |event: &str| StreamedMessage { event: event.to_owned(), body: format!("of {event}") };
    let messages = [message("token.created"), message("policy.updated")];
    let move_on = || webhooks.advance_stream(tenant, 0, 2, &messages, fixture.store.now());
    assert!(move_on().await.unwrap());
    assert!(!move_on().await.unwrap(), "another node has done it");
    assert_eq!(webhooks.streamed(tenant).await.unwrap(), 2);
    let waiting = webhooks.deliveries(webhook.id, 10).await.unwrap();
    assert_eq!(
        waiting.iter().map(|delivery| delivery.body.as_str()).collect::<Vec<_>>(),
        ["of token.created"]
    );
}
