use narrowgate_store::ConnectionId;
use narrowgate_store::StoreError;
use narrowgate_store::graphql_schemas::SchemaDigest;
use narrowgate_store::time::Timestamp;

use crate::fixture::Fixture;

const SCHEMA: &str = "type Query { a: Int }";
const NEWER: &str = "type Query { a: Int b: Int }";

pub(crate) async fn are_found_as_put(fixture: &Fixture) {
    let connection = fixture.connect(7).await.id;
    let schemas = fixture.store.graphql_schemas();
    assert_eq!(schemas.lookup(connection).await.unwrap(), None);
    let first = schemas.put(connection, SCHEMA, Timestamp(5)).await.unwrap();
    assert_eq!(first.fetched_at, Timestamp(5));
    assert_eq!(schemas.lookup(connection).await.unwrap(), Some(first));
    assert_eq!(schemas.text(first.digest).await.unwrap().as_deref(), Some(SCHEMA));
    let second = schemas.put(connection, NEWER, Timestamp(6)).await.unwrap();
    assert_ne!(second.digest, first.digest);
    assert_eq!(schemas.lookup(connection).await.unwrap(), Some(second));
    assert_eq!(schemas.text(SchemaDigest([0; 32])).await.unwrap(), None);
}

pub(crate) async fn are_kept_once(fixture: &Fixture) {
    let (one, other) = (fixture.connect(7).await.id, fixture.connect(8).await.id);
    let schemas = fixture.store.graphql_schemas();
    let first = schemas.put(one, SCHEMA, Timestamp(5)).await.unwrap();
    let second = schemas.put(other, SCHEMA, Timestamp(6)).await.unwrap();
    assert_eq!(first.digest, second.digest);
    schemas.put(one, NEWER, Timestamp(7)).await.unwrap();
    assert_eq!(schemas.text(first.digest).await.unwrap().as_deref(), Some(SCHEMA), "the other has it still");
    schemas.put(other, NEWER, Timestamp(8)).await.unwrap();
    assert_eq!(schemas.text(first.digest).await.unwrap(), None);
}

pub(crate) async fn are_forgotten_with_their_last_connection(fixture: &Fixture) {
    let (gone, stays) = (fixture.connect(7).await.id, fixture.connect(8).await.id);
    let schemas = fixture.store.graphql_schemas();
    let first = schemas.put(gone, SCHEMA, Timestamp(5)).await.unwrap();
    assert!(fixture.store.connections().remove(gone, Timestamp(6)).await.unwrap());
    schemas.put(stays, NEWER, Timestamp(7)).await.unwrap();
    assert_eq!(schemas.lookup(gone).await.unwrap(), None);
    assert_eq!(schemas.text(first.digest).await.unwrap(), None);
}

pub(crate) async fn need_their_connection(fixture: &Fixture) {
    let put = fixture.store.graphql_schemas().put(ConnectionId(99), SCHEMA, Timestamp(5)).await;
    assert!(matches!(put, Err(StoreError::Conflict(..))), "{put:?}");
}
