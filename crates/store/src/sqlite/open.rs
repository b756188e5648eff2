//! Opening a database and bringing its tables up to date.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::watch;
use tokio::time::Instant;

use super::{SqliteBackend, audit};
use crate::changes::ChangeRepository as _;
use crate::error::StoreError;
use crate::ids::Sequence;
use crate::time::Clock;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How long to wait for another process's transaction.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait for this process's other transactions.
const QUEUE_PATIENCE: Duration = Duration::from_secs(10);
/// How long to try again while other processes start on the same new database, and how often.
const START_PATIENCE: Duration = Duration::from_secs(1);
const START_PAUSE: Duration = Duration::from_millis(50);
const READERS: u32 = 4;

impl SqliteBackend {
    pub(crate) async fn open(location: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let options = options(location)?;
        let in_memory = location.ends_with(":memory:");
        if !in_memory {
            create_private(options.get_filename())?;
        }
        let writer = connect_writer(&options).await?;
        migrate(&writer).await?;
        // What is in memory belongs to one connection.
        let readers = if in_memory {
            writer.clone()
        } else {
            pool(READERS).connect_lazy_with(options.pragma("query_only", "on"))
        };
        let backend = Self { writer, readers, head: watch::Sender::new(Sequence::default()), clock };
        backend.head().await?;
        Ok(backend)
    }
}

/// Opens the connection that writes. SQLite does not wait for its lock while another process turns the write-ahead log on, so
/// this does.
async fn connect_writer(options: &SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let end = Instant::now() + START_PATIENCE;
    loop {
        match pool(1).connect_with(options.clone()).await.map_err(StoreError::from) {
            Err(StoreError::Unavailable(..)) if Instant::now() < end => tokio::time::sleep(START_PAUSE).await,
            outcome => return outcome,
        }
    }
}

fn options(location: &str) -> Result<SqliteConnectOptions, StoreError> {
    let options = if location.starts_with("sqlite:") {
        SqliteConnectOptions::from_str(location).map_err(|error| {
            StoreError::Internal(format!("`{location}` is no SQLite URL"), Some(Box::new(error)))
        })?
    } else if let Some((scheme, _)) = location.split_once("://") {
        return Err(StoreError::internal(format!(
            "no database for `{scheme}://`: give a path or a `sqlite:` URL"
        )));
    } else {
        SqliteConnectOptions::new().filename(location)
    };
    Ok(options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(LOCK_PATIENCE))
}

fn pool(connections: u32) -> SqlitePoolOptions {
    // Connections to a file don't go stale: asking them before each use and replacing them would only cost time.
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(QUEUE_PATIENCE)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Creates the file for its owner alone; SQLite gives the files beside it the same mode.
fn create_private(path: &Path) -> Result<(), StoreError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            let message = format!("cannot create the database `{}`: {error}", path.display());
            Err(StoreError::Unavailable(message, Some(Box::new(error))))
        }
        _ => Ok(()),
    }
}

/// Under the writer's lock, so that two processes that start at once don't both create tables.
async fn migrate(writer: &SqlitePool) -> Result<(), StoreError> {
    let mut write = writer.begin_with("begin immediate").await?;
    MIGRATIONS.run(&mut *write).await?;
    audit::chain_older(&mut write).await?;
    Ok(write.commit().await?)
}
