//! The SQLite backend: one connection writes, a few others read.
//!
//! SQLite has one writer at a time. Writers of this process queue for a single connection rather than for the lock of
//! the file, and every write starts with `begin immediate`, so that no transaction fails half-way for want of it.

use std::sync::Arc;

use sqlx::SqlitePool;
use tokio::sync::watch;

use crate::error::StoreError;
use crate::ids::Sequence;
use crate::time::Clock;

mod allowlists;
mod audit;
mod bots;
mod changes;
mod conditions;
mod connections;
mod deliveries;
mod failure;
mod graphql_schemas;
mod open;
mod policies;
mod tokens;
mod values;
mod webhooks;
mod write;

use write::Write;

pub(crate) struct SqliteBackend {
    writer: SqlitePool,
    readers: SqlitePool,
    head: watch::Sender<Sequence>,
    clock: Arc<dyn Clock>,
}

impl SqliteBackend {
    async fn begin(&self) -> Result<Write, StoreError> {
        Write::begin(&self.writer).await
    }

    /// Makes a write durable, then tells the followers within this process.
    async fn commit(&self, write: Write, sequence: Sequence) -> Result<(), StoreError> {
        write.commit().await?;
        self.publish(sequence);
        Ok(())
    }

    /// Moves the head forward, never back: readers may be slower than writers.
    fn publish(&self, sequence: Sequence) {
        self.head.send_if_modified(|head| {
            let newer = sequence > *head;
            *head = sequence.max(*head);
            newer
        });
    }
}
