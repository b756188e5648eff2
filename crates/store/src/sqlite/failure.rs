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
