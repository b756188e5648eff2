//! Opening the store.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use narrowgate_store::Store;
use narrowgate_store::time::SystemClock;

use crate::hint::Hint as _;
use crate::settings::Settings;

/// Opens the configured database, and creates it when it is not there.
///
/// # Errors
/// When it can't be opened, is damaged, or was written by a newer version.
pub(crate) async fn open(settings: &Settings) -> Result<Store> {
    let file = settings.database.display();
    Store::open(&settings.database.to_string_lossy(), Arc::new(SystemClock))
        .await
        .with_context(|| format!("cannot open the database {file}"))
        .hint("name another with `--database FILE`, or make the file and its folder writable")
}

/// Opens the configured database, which must be there.
///
/// # Errors
/// As [`open`], and when there is none.
pub(crate) async fn open_existing(settings: &Settings) -> Result<Store> {
    if !settings.database.exists() {
        return Err(anyhow!("there is no database {}", settings.database.display()))
            .hint("name the one that `narrowgate connect` made with `--database FILE`");
    }
    open(settings).await
}
