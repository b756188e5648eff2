//! A cache of answers: short life, bounded, one question for concurrent misses.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;

use super::DirectoryConfig;
use crate::error::GitlabError;
use crate::reference::Reference;

type Key = (i64, Reference);
type Answer<T> = Option<Arc<T>>;

/// Answers by connection and reference.
pub(super) struct Cache<T>(moka::future::Cache<Key, Answer<T>>);

impl<T> Clone for Cache<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Lives {
    present: Duration,
    absent: Duration,
}

impl<T> Expiry<Key, Answer<T>> for Lives {
    fn expire_after_create(&self, _: &Key, answer: &Answer<T>, _: Instant) -> Option<Duration> {
        Some(if answer.is_some() { self.present } else { self.absent })
    }
}

impl<T: Send + Sync + 'static> Cache<T> {
    pub(super) fn new(config: &DirectoryConfig) -> Self {
        let cache = moka::future::Cache::builder()
            .max_capacity(config.max_entries)
            .expire_after(Lives { present: config.lifetime, absent: config.absent_lifetime })
            .support_invalidation_closures()
            .build();
        Self(cache)
    }

    /// The answer at hand, or that of `ask`, which runs once however many wait for it. Its errors reach all who
    /// wait and are not kept.
    pub(super) async fn get<F>(
        &self,
        connection: i64,
        reference: &Reference,
        ask: F,
    ) -> Result<Answer<T>, GitlabError>
    where
        F: Future<Output = Result<Option<T>, GitlabError>>,
    {
        let key = (connection, reference.clone());
        let ask = async { ask.await.map(|answer| answer.map(Arc::new)) };
        self.0.try_get_with(key, ask).await.map_err(|error| GitlabError::clone(&error))
    }

    pub(super) fn forget(&self, connection: i64) {
        // Fails only without the support that `new` asks for.
        let _ = self.0.invalidate_entries_if(move |key, _| key.0 == connection);
    }
}
