use std::net::{IpAddr, Ipv4Addr};

use narrowgate_store::audit::{ActorKind, AuditEvent, AuditHead, EventHash, Flaw, Tampering, Verification};
use narrowgate_store::time::Timestamp;
use narrowgate_store::{ConnectionId, TenantId, TokenId};

use crate::fixture::Fixture;

fn event(number: i64) -> AuditEvent {
    AuditEvent {
        actor: ActorKind::Token,
        user_id: Some(7),
        connection: Some(ConnectionId(1)),
        token: Some(TokenId(number)),
        digest_prefix: Some("0badcafe".to_owned()),
        address: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))),
        request_id: Some("01HZ".to_owned()),
        details: serde_json::json!({ "name": number }),
        ..AuditEvent::new(TenantId::DEFAULT, Timestamp(number), "token.created")
    }
}

/// Five events.
async fn five(fixture: &Fixture) -> AuditHead {
    fixture.store.audit().append(&[event(1), event(2)]).await.unwrap();
    fixture.store.audit().append(&[event(3), event(4), event(5)]).await.unwrap();
    fixture.store.audit().head().await.unwrap()
}

async fn verify(fixture: &Fixture, kept: Option<AuditHead>) -> Vec<(i64, Tampering)> {
    match fixture.store.audit().verify(kept).await.unwrap() {
        Verification::Intact { .. } => Vec::new(),
        Verification::Broken { flaws } => flaws.into_iter().map(|Flaw { id, what }| (id, what)).collect(),
    }
}

/// What is found after a statement behind the store's back, which is undone afterwards by another.
async fn after(fixture: &Fixture, statement: &str) -> Vec<(i64, Tampering)> {
    let backup =
        "create table kept as select * from audit_events; create table kept_heads as select * from heads;";
    let restore = "delete from audit_events; insert into audit_events select * from kept; drop table kept;
        delete from heads; insert into heads select * from kept_heads; drop table kept_heads;";
    fixture.raw.execute(format!("{backup} {statement}")).await.unwrap();
    let found = verify(fixture, None).await;
    fixture.raw.execute(restore.to_owned()).await.unwrap();
    assert_eq!(verify(fixture, None).await, [], "after {statement} was undone");
    found
}

pub(crate) async fn is_intact_as_written(fixture: &Fixture) {
    let audit = fixture.store.audit();
    let start = AuditHead { id: 0, hash: EventHash::START };
    assert_eq!(audit.head().await.unwrap(), start);
    assert_eq!(audit.verify(None).await.unwrap(), Verification::Intact { count: 0, head: start });
    let head = five(fixture).await;
    assert_eq!(head.id, 5);
    for kept in [None, Some(head)] {
        assert_eq!(audit.verify(kept).await.unwrap(), Verification::Intact { count: 5, head });
    }
    let bare = AuditEvent::new(TenantId::DEFAULT, Timestamp(6), "store.opened");
    audit.append(&[bare]).await.unwrap();
    audit.append(&[]).await.unwrap();
    assert_eq!(verify(fixture, Some(head)).await, []);
}

pub(crate) async fn finds_each_value_that_was_changed(fixture: &Fixture) {
    five(fixture).await;
    fixture.tenant().await;
    let zeros = format!("x'{}'", "00".repeat(32));
    let values = [
        ("tenant_id", "2"),
        ("at", "at + 1"),
        ("at", "'text'"),
        ("action", "'token.revoked'"),
        ("action", "x'746f6b656e2e63726561746564'"),
        ("actor", "'operator'"),
        ("user_id", "8"),
        ("user_id", "null"),
        ("connection_id", "2"),
        ("connection_id", "null"),
        ("token_id", "99"),
        ("token_id", "null"),
        ("digest_prefix", "'0badcaff'"),
        ("digest_prefix", "null"),
        ("digest_prefix", "''"),
        ("address", "'192.0.2.2'"),
        ("address", "null"),
        ("request_id", "''"),
        ("request_id", "null"),
        ("details", "'{}'"),
        ("details", "details || ' '"),
        ("previous_hash", &zeros),
        ("previous_hash", "hash"),
        ("previous_hash", "null"),
        ("hash", &zeros),
        ("hash", "previous_hash"),
        ("hash", "null"),
    ];
    for (column, value) in values {
        for id in 1..=5 {
            let changes_nothing = id == 1 && column == "previous_hash" && value == zeros;
            let statement = format!("update audit_events set {column} = {value} where id = {id};");
            let expected = if changes_nothing { vec![] } else { vec![(id, Tampering::Altered)] };
            assert_eq!(after(fixture, &statement).await, expected, "{statement}");
        }
    }
    // Values that move from one column to the next are another event.
    let moved = "update audit_events set address = request_id, request_id = address where id = 3;";
    assert_eq!(after(fixture, moved).await, [(3, Tampering::Altered)]);
    let id = "update audit_events set id = 9 where id = 3;";
    assert_eq!(after(fixture, id).await, [(3, Tampering::Removed), (9, Tampering::Inserted)]);
}

pub(crate) async fn finds_what_was_removed(fixture: &Fixture) {
    five(fixture).await;
    for id in 1..=5 {
        let statement = format!("delete from audit_events where id = {id};");
        assert_eq!(after(fixture, &statement).await, [(id, Tampering::Removed)], "{statement}");
    }
    let several = "delete from audit_events where id in (2, 3, 5);";
    let gone = [2, 3, 5].map(|id| (id, Tampering::Removed));
    assert_eq!(after(fixture, several).await, gone);
    let everything = (1..=5).map(|id| (id, Tampering::Removed)).collect::<Vec<_>>();
    assert_eq!(after(fixture, "delete from audit_events;").await, everything);
    // The gap is closed, and everything behind it moved.
    let closed = "delete from audit_events where id = 2; update audit_events set id = id - 1 where id > 2;";
    let found = after(fixture, closed).await;
    let expected = [2, 3, 4].map(|id| (id, Tampering::Altered)).into_iter().chain([(5, Tampering::Removed)]);
    assert_eq!(found, expected.collect::<Vec<_>>());
}

pub(crate) async fn finds_what_was_swapped(fixture: &Fixture) {
    five(fixture).await;
    for (one, other) in [(1, 2), (2, 4), (4, 5), (1, 5)] {
        let swap = format!(
            "update audit_events set id = -1 where id = {one};
             update audit_events set id = {one} where id = {other};
             update audit_events set id = {other} where id = -1;"
        );
        let expected = [one, other].map(|id| (id, Tampering::Altered));
        assert_eq!(after(fixture, &swap).await, expected, "{one} and {other}");
    }
}

pub(crate) async fn finds_what_was_put_in(fixture: &Fixture) {
    five(fixture).await;
    for id in [-3, 0, 6, 99] {
        let copy = format!(
            "insert into audit_events (id, tenant_id, at, action, details, actor, previous_hash, hash)
             select {id}, tenant_id, at, action, details, actor, previous_hash, hash from audit_events where id = 3;"
        );
        assert_eq!(after(fixture, &copy).await, [(id, Tampering::Inserted)], "{id}");
    }
}

/// An event that was changed together with its own hash gives itself away by the next one, or by the log's end.
pub(crate) async fn finds_a_forged_event(fixture: &Fixture) {
    five(fixture).await;
    let third = fixture.store.audit().since(TenantId::DEFAULT, 2, 1).await.unwrap()[0].clone();
    // An honest log with another third event has just the hash that a forger would compute.
    let other = crate::sqlite::fixture().await;
    let forged = AuditEvent { user_id: Some(8), ..event(3) };
    other.store.audit().append(&[event(1), event(2), forged]).await.unwrap();
    let forged = other.store.audit().head().await.unwrap();
    assert_ne!(forged.hash, third.hash);
    let change = format!("update audit_events set user_id = 8, hash = x'{}' where id = 3;", forged.hash);
    assert_eq!(after(fixture, &change).await, [(3, Tampering::Altered)]);
    let last =
        format!("delete from audit_events where id > 3; update heads set audit_event_id = 3; {change}");
    assert_eq!(after(fixture, &last).await, [(3, Tampering::Altered)]);
}

pub(crate) async fn finds_a_forged_log_by_a_head_that_was_kept(fixture: &Fixture) {
    let kept = five(fixture).await;
    let other = crate::sqlite::fixture().await;
    five(&other).await;
    fixture.store.audit().append(&[event(6)]).await.unwrap();
    assert_eq!(verify(fixture, Some(kept)).await, []);
    // The same database, had its first event been another.
    let forger = crate::sqlite::fixture().await;
    let events = [event(9), event(2), event(3), event(4), event(5), event(6)];
    forger.store.audit().append(&events).await.unwrap();
    assert_eq!(verify(&forger, None).await, []);
    assert_eq!(verify(&forger, Some(kept)).await, [(5, Tampering::Rewritten)]);
    // And one that was cut off before.
    let short = crate::sqlite::fixture().await;
    short.store.audit().append(&[event(1), event(2)]).await.unwrap();
    assert_eq!(verify(&short, Some(kept)).await, [(5, Tampering::Removed)]);
}
