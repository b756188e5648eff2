//! What can go wrong with a store.

use std::error::Error;

/// Why the store did not do what it was asked.
///
/// The messages name no value that was stored; the source is for logs.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached or written now: busy, full, read-only, gone. A later attempt may succeed.
    #[error("the store is unavailable: {0}")]
    Unavailable(String, #[source] Option<Box<dyn Error + Send + Sync>>),
    /// The change would break a rule of the data, such as a second connection for the same user.
    #[error("conflict in the store: {0}")]
    Conflict(String, #[source] Option<Box<dyn Error + Send + Sync>>),
    /// The database is damaged, or holds what Narrowgate never wrote.
    #[error("the store is corrupt: {0}")]
    Corrupt(String, #[source] Option<Box<dyn Error + Send + Sync>>),
    /// A mistake in Narrowgate or in its configuration.
    #[error("the store failed: {0}")]
    Internal(String, #[source] Option<Box<dyn Error + Send + Sync>>),
}

impl StoreError {
    /// A [`StoreError::Corrupt`] found while reading, without a further cause.
    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt(what.into(), None)
    }

    /// A [`StoreError::Internal`] without a further cause.
    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self::Internal(what.into(), None)
    }
}
