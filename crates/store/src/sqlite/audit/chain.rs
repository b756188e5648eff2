//! Chaining events: each carries a hash over itself and the hash of the event before.

use sqlx::{AssertSqlSafe, Executor, Sqlite, SqliteConnection, query, query_as};

use super::row::{EventRow, SELECT, hash_of};
use crate::audit::{AuditHead, EventHash};
use crate::error::StoreError;
use crate::sqlite::Write;

/// How many events are read at once.
pub(super) const CHUNK: i64 = 1_000;

/// The log's end.
pub(super) async fn head(database: impl Executor<'_, Database = Sqlite>) -> Result<AuditHead, StoreError> {
    let (id, hash): (i64, Option<Vec<u8>>) =
        query_as("select audit_event_id, audit_hash from heads").fetch_one(database).await?;
    Ok(AuditHead { id, hash: hash_of(hash.as_deref()).unwrap_or(EventHash::START) })
}

pub(super) async fn set_head(write: &mut Write, head: EventHash) -> Result<(), StoreError> {
    query("update heads set audit_hash = $1").bind(head.0.as_slice()).execute(write.connection()?).await?;
    Ok(())
}

/// Inserts an event after the one with the hash `previous`, and gives its own.
pub(super) async fn insert(
    write: &mut Write,
    row: EventRow,
    previous: EventHash,
) -> Result<EventHash, StoreError> {
    let hash = row.hash_after(previous);
    query(
        "insert into audit_events (id, tenant_id, at, action, actor, user_id, connection_id, token_id, digest_prefix,
            address, request_id, details, previous_hash, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(row.id)
    .bind(row.tenant_id)
    .bind(row.at)
    .bind(row.action)
    .bind(row.actor)
    .bind(row.user_id)
    .bind(row.connection_id)
    .bind(row.token_id)
    .bind(row.digest_prefix)
    .bind(row.address)
    .bind(row.request_id)
    .bind(row.details)
    .bind(previous.0.as_slice())
    .bind(hash.0.as_slice())
    .execute(write.connection()?)
    .await?;
    Ok(hash)
}

/// Chains the events of before there was a chain, once: only while the log has no hash at its end. From then on an event
/// without one was tampered with.
pub(in crate::sqlite) async fn chain_older(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let begun: Option<Vec<u8>> =
        sqlx::query_scalar("select audit_hash from heads").fetch_one(&mut *connection).await?;
    if begun.is_some() {
        return Ok(());
    }
    let mut previous = EventHash::START;
    let mut last = 0;
    loop {
        let text = format!("{SELECT} where id > $1 order by id limit $2");
        let rows: Vec<EventRow> =
            query_as(AssertSqlSafe(text)).bind(last).bind(CHUNK).fetch_all(&mut *connection).await?;
        let Some(row) = rows.last() else { break };
        last = row.id;
        for row in rows {
            let hash = row.hash_after(previous);
            query("update audit_events set previous_hash = $2, hash = $3 where id = $1")
                .bind(row.id)
                .bind(previous.0.as_slice())
                .bind(hash.0.as_slice())
                .execute(&mut *connection)
                .await?;
            previous = hash;
        }
    }
    query("update heads set audit_hash = $1").bind(previous.0.as_slice()).execute(&mut *connection).await?;
    Ok(())
}
