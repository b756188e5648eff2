//! A transaction that writes.

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection, SqlitePool, query};

use crate::error::StoreError;

/// A transaction, which is undone unless it is committed.
///
/// sqlx counts how deep its own transactions are nested, but SQLite ends one by itself when the disk is full or fails
/// (<https://www.sqlite.org/lang_transaction.html>); the count would then be wrong for good, on the only connection
/// that writes. So it is begun and ended here, in plain statements.
pub(super) struct Write {
    connection: Option<PoolConnection<Sqlite>>,
}

impl Write {
    pub(super) async fn begin(writer: &SqlitePool) -> Result<Self, StoreError> {
        // Made before the statement is run: should it fail or be given up, the drop cleans up.
        let mut write = Self { connection: Some(writer.acquire().await?) };
        query("begin immediate").execute(write.connection()?).await?;
        Ok(write)
    }

    /// Where the transaction's statements are run.
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        self.connection.as_deref_mut().ok_or_else(|| StoreError::internal("the transaction is over"))
    }

    /// Makes it durable: once this has returned, it is on disk.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        query("commit").execute(self.connection()?).await?;
        self.connection = None;
        Ok(())
    }
}

impl Drop for Write {
    /// Undoes what was not committed, before the connection goes back to the pool.
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    if let Err(error) = query("rollback").execute(&mut *connection).await {
                        tracing::debug!(error = %error, "sqlite had ended the transaction by itself");
                    }
                });
            }
            // Closing undoes it too.
            Err(_) => connection.close_on_drop(),
        }
    }
}
