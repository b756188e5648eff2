use narrowgate_store::changes::{Change, Entity, Operation};
use narrowgate_store::connections::Health;
use narrowgate_store::tokens::{Revocation, TokenUse};
use narrowgate_store::{Sequence, TokenId};

use crate::fixture::{Fixture, credential, new_connection, new_token, successor};

async fn all(fixture: &Fixture) -> Vec<Change> {
    fixture.store.changes().since(Sequence(0), 1000).await.unwrap()
}

pub(crate) async fn follow_every_write(fixture: &Fixture) {
    let now = fixture.store.now();
    let (connections, tokens) = (fixture.store.connections(), fixture.store.tokens());
    let connection = fixture.connect(7).await;
    let a = fixture.add(&new_token(&connection, "a")).await;
    connections.replace_credential(connection.id, &credential("new"), now).await.unwrap();
    connections.set_health(connection.id, Health::Unreachable, now).await.unwrap();
    let b = fixture.rotate(a.id, "b").await;
    let c = fixture.rotate(b.id, "c").await;
    tokens.revoke_family(a.id, Revocation::asked(now)).await.unwrap();
    let d = fixture.add(&new_token(&connection, "d")).await;
    fixture.revoke(d.id).await;
    connections.remove(connection.id, now).await.unwrap();
    let token = |id: TokenId, operation| (Entity::Token, id.0, operation);
    let connected = |operation| (Entity::Connection, connection.id.0, operation);
    let expected = [
        connected(Operation::Created),
        token(a.id, Operation::Created),
        connected(Operation::Updated),
        connected(Operation::Updated),
        token(a.id, Operation::Revoked),
        token(b.id, Operation::Created),
        token(b.id, Operation::Revoked),
        token(c.id, Operation::Created),
        token(c.id, Operation::Revoked),
        token(d.id, Operation::Created),
        token(d.id, Operation::Revoked),
        connected(Operation::Removed),
    ];
    let seen: Vec<_> =
        all(fixture).await.iter().map(|change| (change.entity, change.entity_id, change.operation)).collect();
    assert_eq!(seen, expected);
}

pub(crate) async fn are_read_in_parts(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    for name in ["a", "b", "c"] {
        fixture.add(&new_token(&connection, name)).await;
    }
    let changes = fixture.store.changes();
    assert_eq!(changes.head().await.unwrap(), Sequence(4));
    let part = changes.since(Sequence(1), 2).await.unwrap();
    assert_eq!(part.iter().map(|change| change.sequence).collect::<Vec<_>>(), [Sequence(2), Sequence(3)]);
    assert!(part.iter().all(|change| change.at == fixture.store.now()));
    assert_eq!(changes.since(Sequence(4), 2).await.unwrap(), []);
}

pub(crate) async fn are_heard_at_once(fixture: &Fixture) {
    let mut watch = fixture.store.changes().watch();
    assert!(!watch.has_changed().unwrap());
    let token = fixture.token("a").await;
    assert!(watch.has_changed().unwrap());
    assert_eq!(*watch.borrow_and_update(), Sequence(2));
    fixture.revoke(token.id).await;
    assert_eq!(*watch.borrow_and_update(), Sequence(3));
    fixture.store.changes().head().await.unwrap();
    assert!(!watch.has_changed().unwrap());
}

pub(crate) async fn say_nothing_of_what_failed(fixture: &Fixture) {
    let token = fixture.token("a").await;
    let now = fixture.store.now();
    let tokens = fixture.store.tokens();
    fixture.revoke(token.id).await;
    let before = all(fixture).await;
    assert!(!fixture.revoke(token.id).await);
    tokens.rotate(token.id, &successor("b"), now).await.unwrap();
    tokens.revoke_family(token.id, Revocation::asked(now)).await.unwrap();
    let connections = fixture.store.connections();
    connections.set_health(token.connection, Health::Healthy, now).await.unwrap();
    let again = new_connection(token.user_id);
    assert!(connections.add(&again).await.is_err());
    assert_eq!(all(fixture).await, before);
}

pub(crate) async fn leave_out_last_use(fixture: &Fixture) {
    let token = fixture.token("a").await;
    let head = fixture.store.changes().head().await.unwrap();
    let used = TokenUse { token: token.id, at: fixture.store.now(), address: None };
    fixture.store.tokens().record_use(&[used]).await.unwrap();
    assert_eq!(fixture.store.changes().head().await.unwrap(), head);
}
