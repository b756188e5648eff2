use narrowgate_store::connections::{Connection, Health, NewConnection};
use narrowgate_store::{ConnectionId, StoreError, TenantId};

use narrowgate_store::tokens::RevocationReason;

use crate::fixture::{Fixture, URL, credential, new_connection, new_token};

async fn find(fixture: &Fixture, user_id: u64) -> Option<Connection> {
    fixture.store.connections().find_by_user(TenantId::DEFAULT, URL, user_id).await.unwrap()
}

pub(crate) async fn are_found_as_added(fixture: &Fixture) {
    let (admin, user) = (fixture.connect(1).await, fixture.connect(7).await);
    assert_eq!((admin.administrator, user.administrator), (true, false));
    assert_eq!((user.health, user.created_at), (Health::Healthy, fixture.store.now()));
    let connections = fixture.store.connections();
    assert_eq!(connections.lookup(user.id).await.unwrap(), Some(user.clone()));
    assert_eq!(find(fixture, 7).await, Some(user.clone()));
    assert_eq!(connections.list(TenantId::DEFAULT).await.unwrap(), [admin, user]);
    assert_eq!(find(fixture, 8).await, None);
    assert_eq!(connections.lookup(ConnectionId(99)).await.unwrap(), None);
    let elsewhere = connections.find_by_user(TenantId::DEFAULT, "https://other.example.com", 7).await;
    assert_eq!(elsewhere.unwrap(), None);
}

pub(crate) async fn are_unique_for_a_user(fixture: &Fixture) {
    fixture.connect(7).await;
    let again = fixture.store.connections().add(&new_connection(7)).await;
    assert!(matches!(again, Err(StoreError::Conflict(..))), "{again:?}");
    let elsewhere =
        NewConnection { instance_url: "https://other.example.com".to_owned(), ..new_connection(7) };
    fixture.store.connections().add(&elsewhere).await.unwrap();
}

pub(crate) async fn can_be_connected_again_after_removal(fixture: &Fixture) {
    let first = fixture.connect(7).await;
    assert!(fixture.store.connections().remove(first.id, fixture.store.now()).await.unwrap());
    let second = fixture.connect(7).await;
    assert_ne!(first.id, second.id);
    assert_eq!(find(fixture, 7).await, Some(second));
}

pub(crate) async fn take_a_new_credential(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let connections = fixture.store.connections();
    connections.set_health(connection.id, Health::Unauthorized, fixture.store.now()).await.unwrap();
    fixture.clock.advance(std::time::Duration::from_secs(1));
    let mut renewed = credential("renewed");
    renewed.scopes.clear();
    renewed.expires_at = None;
    assert!(connections.replace_credential(connection.id, &renewed, fixture.store.now()).await.unwrap());
    let expected = Connection {
        credential: renewed.sealed.clone(),
        credential_scopes: Vec::new(),
        credential_expires_at: None,
        updated_at: fixture.store.now(),
        ..connection.clone()
    };
    assert_eq!(connections.lookup(connection.id).await.unwrap(), Some(expected));
    assert!(!connections.replace_credential(ConnectionId(99), &renewed, fixture.store.now()).await.unwrap());
}

pub(crate) async fn change_health_once(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let connections = fixture.store.connections();
    for (health, changes) in [
        (Health::Healthy, false),
        (Health::Unreachable, true),
        (Health::Unreachable, false),
        (Health::Unauthorized, true),
        (Health::Blocked, true),
        (Health::Healthy, true),
    ] {
        assert_eq!(
            connections.set_health(connection.id, health, fixture.store.now()).await.unwrap(),
            changes
        );
        assert_eq!(connections.lookup(connection.id).await.unwrap().unwrap().health, health);
    }
    assert!(!connections.set_health(ConnectionId(99), Health::Blocked, fixture.store.now()).await.unwrap());
}

pub(crate) async fn revoke_their_tokens_when_removed(fixture: &Fixture) {
    let (connection, other) = (fixture.connect(7).await, fixture.connect(8).await);
    let token = fixture.add(&new_token(&connection, "a")).await;
    let kept = fixture.add(&new_token(&other, "b")).await;
    let connections = fixture.store.connections();
    assert!(connections.remove(connection.id, fixture.store.now()).await.unwrap());
    assert!(!connections.remove(connection.id, fixture.store.now()).await.unwrap());
    assert_eq!(fixture.revocation(token.id).await, Some(RevocationReason::ConnectionLost));
    assert_eq!(fixture.revocation(kept.id).await, None);
    assert_eq!(connections.lookup(connection.id).await.unwrap(), None);
    assert_eq!(find(fixture, 7).await, None);
    assert_eq!(connections.list(TenantId::DEFAULT).await.unwrap(), [other]);
    assert!(
        !connections.replace_credential(connection.id, &credential("a"), fixture.store.now()).await.unwrap()
    );
}

pub(crate) async fn keep_tenants_apart(fixture: &Fixture) {
    let tenant = fixture.tenant().await;
    let mine = fixture.connect(7).await;
    let connections = fixture.store.connections();
    let theirs = connections.add(&NewConnection { tenant, ..new_connection(7) }).await.unwrap();
    assert_eq!(find(fixture, 7).await, Some(mine.clone()));
    assert_eq!(connections.find_by_user(tenant, URL, 7).await.unwrap(), Some(theirs.clone()));
    assert_eq!(connections.list(tenant).await.unwrap(), std::slice::from_ref(&theirs));
    assert_ne!(mine.credential_context(), theirs.credential_context());
}
