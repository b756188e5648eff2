//! What SQLite's errors mean.

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::migrate::MigrateError;

use crate::error::StoreError;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => classify(&**database)(Some(Box::new(error))),
            sqlx::Error::PoolTimedOut => Self::Unavailable(
                "every connection to the database is busy".to_owned(),
                Some(Box::new(error)),
            ),
            sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable("the connection to the database is gone".to_owned(), Some(Box::new(error)))
            }
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                Self::Corrupt("a value is not of its column's type".to_owned(), Some(Box::new(error)))
            }
            _ => Self::Internal("a statement could not be run".to_owned(), Some(Box::new(error))),
        }
    }
}

type Source = Option<Box<dyn std::error::Error + Send + Sync>>;

/// The kind of an error that the database reported, still without its source.
fn classify(error: &dyn DatabaseError) -> impl FnOnce(Source) -> StoreError + use<> {
    let conflict = match error.kind() {
        ErrorKind::UniqueViolation => Some("it exists already"),
        ErrorKind::ForeignKeyViolation => Some("it refers to something that does not exist"),
        ErrorKind::NotNullViolation | ErrorKind::CheckViolation => Some("a value is not allowed"),
        _ => None,
    };
    let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
    move |source| match conflict {
        Some(message) => StoreError::Conflict(message.to_owned(), source),
        None => by_code(code, source),
    }
}

/// By SQLite's primary result code (<https://www.sqlite.org/rescode.html>): the low byte of the extended one.
fn by_code(code: i32, source: Source) -> StoreError {
    let unavailable = |message: &str, source| StoreError::Unavailable(message.to_owned(), source);
    match code & 0xff {
        5 | 6 => unavailable("another process holds the database's lock", source),
        3 | 23 => unavailable("the database may not be opened: check who owns the file", source),
        8 => unavailable("the database is read-only: check the file's and its folder's permissions", source),
        7 => unavailable("out of memory", source),
        10 => unavailable("the disk failed to read or write", source),
        13 => unavailable("the disk is full", source),
        14 => unavailable("the database can't be opened: check the path and its permissions", source),
        11 => StoreError::Corrupt("the database is damaged: restore a backup".to_owned(), source),
        26 => StoreError::Corrupt("the file is not an SQLite database".to_owned(), source),
        _ => StoreError::Internal("a statement could not be run".to_owned(), source),
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        let newer = "the database was written by a newer version: run that version";
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(_) => Self::Internal(newer.to_owned(), Some(Box::new(error))),
            _ => Self::Corrupt(
                "the database's tables are not this program's".to_owned(),
                Some(Box::new(error)),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::audit::{AuditEvent, AuditFilter, AuditRepository};
    use crate::ids::TenantId;
    use crate::page::Page;
    use crate::sqlite::SqliteBackend;
    use crate::time::{SystemClock, Timestamp};

    async fn open() -> (tempfile::TempDir, SqliteBackend) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("narrowgate.db");
        let backend = SqliteBackend::open(path.to_str().unwrap(), Arc::new(SystemClock)).await.unwrap();
        (folder, backend)
    }

    async fn pragma(backend: &SqliteBackend, statement: &'static str) {
        sqlx::raw_sql(statement).execute(&backend.writer).await.unwrap();
    }

    fn event(size: usize) -> AuditEvent {
        let details = "x".repeat(size).into();
        AuditEvent { details, ..AuditEvent::new(TenantId::DEFAULT, Timestamp(0), "request.denied") }
    }

    /// What the store says when it can't write, and whether it goes on when it can again.
    async fn refusal(make: &'static str, mend: &'static str) -> String {
        let (_folder, backend) = open().await;
        backend.append(&[event(1)]).await.unwrap();
        pragma(&backend, make).await;
        let error = backend.append(&[event(2), event(10_000_000)]).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(..)), "{error:?}");
        assert_eq!(
            backend.list(&AuditFilter::all(TenantId::DEFAULT), Page::ALL).await.unwrap().total,
            Some(1)
        );
        pragma(&backend, mend).await;
        backend.append(&[event(3)]).await.unwrap();
        error.to_string()
    }

    #[tokio::test]
    async fn a_full_disk_is_unavailable_and_loses_nothing() {
        // SQLite reports its own limit as it does a disk without room.
        let message = refusal("pragma max_page_count = 100", "pragma max_page_count = 1000000").await;
        assert_eq!(message, "the store is unavailable: the disk is full");
    }

    #[tokio::test]
    async fn a_read_only_database_is_unavailable() {
        let message = refusal("pragma query_only = on", "pragma query_only = off").await;
        assert!(message.contains("read-only"), "{message}");
    }

    #[tokio::test]
    async fn a_dropped_write_leaves_nothing_behind() {
        let (_folder, backend) = open().await;
        let mut write = backend.begin().await.unwrap();
        sqlx::query("update heads set token_id = 99").execute(write.connection().unwrap()).await.unwrap();
        drop(write);
        let last: i64 =
            sqlx::query_scalar("select token_id from heads").fetch_one(&backend.readers).await.unwrap();
        assert_eq!(last, 0);
        backend.append(&[event(1)]).await.unwrap();
    }

    #[test]
    fn extended_codes_count_as_their_primary_one() {
        // SQLITE_IOERR_FSYNC, SQLITE_BUSY_SNAPSHOT, SQLITE_CORRUPT_INDEX
        assert!(matches!(by_code(1034, None), StoreError::Unavailable(..)));
        assert!(matches!(by_code(517, None), StoreError::Unavailable(..)));
        assert!(matches!(by_code(779, None), StoreError::Corrupt(..)));
        assert!(matches!(by_code(1, None), StoreError::Internal(..)));
    }
}
