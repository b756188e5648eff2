use std::net::{IpAddr, Ipv6Addr};

use narrowgate_store::audit::{ActorKind, AuditEvent, AuditFilter};
use narrowgate_store::time::Timestamp;
use narrowgate_store::{ConnectionId, Page, StoreError, TenantId, TokenId};
use serde_json::json;

use crate::fixture::Fixture;

fn event(at: i64, action: &str, token: i64) -> AuditEvent {
    AuditEvent {
        actor: ActorKind::Token,
        user_id: Some(7),
        connection: Some(ConnectionId(1)),
        token: Some(TokenId(token)),
        digest_prefix: Some("0badcafe".to_owned()),
        address: Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        request_id: Some("01HZ".to_owned()),
        details: json!({"permission": "read_job", "name": "夜"}),
        ..AuditEvent::new(TenantId::DEFAULT, Timestamp(at), action)
    }
}

async fn list(fixture: &Fixture, filter: &AuditFilter, page: Page) -> (Vec<i64>, u64) {
    let listed = fixture.store.audit().list(filter, page).await.unwrap();
    (listed.items.iter().map(|recorded| recorded.event.at.0).collect(), listed.total.unwrap())
}

pub(crate) async fn appends_all_or_nothing(fixture: &Fixture) {
    let audit = fixture.store.audit();
    let foreign = AuditEvent { tenant: TenantId(99), ..event(2, "token.created", 1) };
    let failed = audit.append(&[event(1, "token.created", 1), foreign]).await;
    assert!(matches!(failed, Err(StoreError::Conflict(..))), "{failed:?}");
    let everything = AuditFilter::all(TenantId::DEFAULT);
    assert_eq!(list(fixture, &everything, Page::ALL).await, (vec![], 0));
    let bare = AuditEvent::new(TenantId::DEFAULT, Timestamp(3), "store.opened");
    let events = [event(1, "token.created", 1), bare];
    audit.append(&events).await.unwrap();
    audit.append(&[]).await.unwrap();
    let listed = audit.list(&everything, Page::ALL).await.unwrap();
    let recorded: Vec<_> = listed.items.iter().rev().map(|recorded| recorded.event.clone()).collect();
    assert_eq!(recorded, events);
    assert!(listed.items[0].id > listed.items[1].id);
}

pub(crate) async fn lists_newest_first_by_filter(fixture: &Fixture) {
    let events = [event(1, "token.created", 1), event(2, "request.denied", 1), event(3, "request.denied", 2)];
    fixture.store.audit().append(&events).await.unwrap();
    let all = AuditFilter::all(TenantId::DEFAULT);
    assert_eq!(list(fixture, &all, Page::numbered(1, 2)).await, (vec![3, 2], 3));
    assert_eq!(list(fixture, &all, Page::numbered(2, 2)).await, (vec![1], 3));
    let token = AuditFilter { token: Some(TokenId(1)), ..all.clone() };
    assert_eq!(list(fixture, &token, Page::ALL).await, (vec![2, 1], 2));
    let denied = AuditFilter { action: Some("request.denied".to_owned()), ..all.clone() };
    assert_eq!(list(fixture, &denied, Page::ALL).await, (vec![3, 2], 2));
    let theirs = AuditFilter { user_id: Some(8), ..all.clone() };
    assert_eq!(list(fixture, &theirs, Page::ALL).await, (vec![], 0));
    let between = AuditFilter { after: Some(Timestamp(2)), before: Some(Timestamp(2)), ..all };
    assert_eq!(list(fixture, &between, Page::ALL).await, (vec![2], 1));
    assert_eq!(list(fixture, &AuditFilter::all(TenantId(2)), Page::ALL).await, (vec![], 0));
}

pub(crate) async fn goes_on_after_a_place(fixture: &Fixture) {
    let audit = fixture.store.audit();
    let events: Vec<_> = (1..=5).map(|at| event(at, "token.created", at)).collect();
    audit.append(&events).await.unwrap();
    let after = audit.since(TenantId::DEFAULT, 2, 2).await.unwrap();
    assert_eq!(after.iter().map(|recorded| recorded.id).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(after[0].event, events[2]);
    assert_eq!(audit.since(TenantId(2), 0, 9).await.unwrap(), []);
    assert_eq!(audit.since(TenantId::DEFAULT, 4, 9).await.unwrap()[0].hash, audit.head().await.unwrap().hash);
}
