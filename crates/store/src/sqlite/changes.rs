//! The change log.

use async_trait::async_trait;
use sqlx::{FromRow, query, query_as, query_scalar};
use tokio::sync::watch;

use super::values::member;
use super::{SqliteBackend, Write};
use crate::changes::{Change, ChangeRepository, Entity, Operation};
use crate::error::StoreError;
use crate::ids::Sequence;
use crate::time::Timestamp;

#[async_trait]
impl ChangeRepository for SqliteBackend {
    async fn head(&self) -> Result<Sequence, StoreError> {
        let head = query_scalar("select change_sequence from heads").fetch_one(&self.readers).await?;
        self.publish(Sequence(head));
        Ok(Sequence(head))
    }

    async fn since(&self, position: Sequence, limit: u32) -> Result<Vec<Change>, StoreError> {
        let rows: Vec<ChangeRow> = query_as(
            "select sequence, entity, entity_id, operation, at from changes
             where sequence > $1 order by sequence limit $2",
        )
        .bind(position.0)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(ChangeRow::change).collect()
    }

    fn watch(&self) -> watch::Receiver<Sequence> {
        self.head.subscribe()
    }
}

#[derive(FromRow)]
struct ChangeRow {
    sequence: i64,
    entity: String,
    entity_id: i64,
    operation: String,
    at: i64,
}

impl ChangeRow {
    fn change(self) -> Result<Change, StoreError> {
        Ok(Change {
            sequence: Sequence(self.sequence),
            entity: member(Entity::parse, &self.entity)?,
            entity_id: self.entity_id,
            operation: member(Operation::parse, &self.operation)?,
            at: Timestamp(self.at),
        })
    }
}

/// What a change is about, before it has a place in the log.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) entity: Entity,
    pub(super) entity_id: i64,
    pub(super) operation: Operation,
}

/// Appends changes to the log and gives the place of the last one.
pub(super) async fn append(
    write: &mut Write,
    entries: &[Entry],
    at: Timestamp,
) -> Result<Sequence, StoreError> {
    let count = i64::try_from(entries.len()).map_err(|_| StoreError::internal("too many changes at once"))?;
    let last: i64 =
        query_scalar("update heads set change_sequence = change_sequence + $1 returning change_sequence")
            .bind(count)
            .fetch_one(write.connection()?)
            .await?;
    for (sequence, entry) in (last - count + 1..).zip(entries) {
        query("insert into changes (sequence, entity, entity_id, operation, at) values ($1, $2, $3, $4, $5)")
            .bind(sequence)
            .bind(entry.entity.as_str())
            .bind(entry.entity_id)
            .bind(entry.operation.as_str())
            .bind(at.0)
            .execute(write.connection()?)
            .await?;
    }
    Ok(Sequence(last))
}
