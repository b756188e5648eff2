//! SQLite's fixture.

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _};
use tempfile::TempDir;

use crate::fixture::{Fixture, Raw, clock};

pub(crate) async fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("narrowgate.db");
    let clock = clock();
    let store = narrowgate_store::Store::open(path.to_str().unwrap(), clock.clone()).await.unwrap();
    Fixture::new(store, clock, Box::new(File(folder)))
}

struct File(TempDir);

#[async_trait]
impl Raw for File {
    async fn execute(&self, statement: String) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut self.connect().await?).await.map(|_| ())
    }
}

impl File {
    async fn connect(&self) -> Result<SqliteConnection, sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(self.0.path().join("narrowgate.db"));
        options.foreign_keys(true).connect().await
    }
}
