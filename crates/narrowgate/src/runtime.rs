//! The asynchronous runtime, for the commands that need one.

use std::future::Future;

use anyhow::{Context as _, Result};

/// Runs one asynchronous command to its end.
///
/// # Errors
/// Whatever the command fails with.
pub(crate) fn block_on<T>(command: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the asynchronous runtime")?;
    runtime.block_on(command)
}
