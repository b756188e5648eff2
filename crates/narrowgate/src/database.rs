//! Opening the store.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use narrowgate_store::Store;
use narrowgate_store::time::{Clock, SystemClock};

use crate::hint::Hint as _;
use crate::settings::Settings;

/// Opens the configured database with the machine's clock.
///
/// # Errors
/// When it can't be opened, is damaged, or was written by a newer version.
pub(crate) async fn open(settings: &Settings) -> Result<Store> {
    open_with(settings, Arc::new(SystemClock)).await
}

/// Opens the configured database with a clock.
///
/// # Errors
/// As [`open`].
pub(crate) async fn open_with(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Store> {
    let file = settings.database.display();
    Store::open(&settings.database.to_string_lossy(), clock)
        .await
        .with_context(|| format!("cannot open the database {file}"))
        .hint("name another with `--database FILE`, or make the file and its folder writable")
}
