//! A cache of answers: short life, bounded, one question for concurrent misses.

use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;

use super::DirectoryConfig;
use crate::error::GitlabError;

type Answer<T> = Option<Arc<T>>;

/// Answers by connection and what was asked for.
pub(super) struct Cache<K, T>(moka::future::Cache<(i64, K), Answer<T>>);

impl<K, T> Clone for Cache<K, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Lives {
    present: Duration,
    absent: Duration,
}

impl<K, T> Expiry<K, Answer<T>> for Lives {
    fn expire_after_create(&self, _: &K, answer: &Answer<T>, _: Instant) -> Option<Duration> {
        Some(if answer.is_some() { self.present } else { self.absent })
    }
}

impl<K, T> Cache<K, T>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    T: Send + Sync + 'static,
{
    pub(super) fn new(config: &DirectoryConfig) -> Self {
        let cache = moka::future::Cache::builder()
            .max_capacity(config.max_entries)
            .expire_after(Lives { present: config.lifetime, absent: config.absent_lifetime })
            .support_invalidation_closures()
            .build();
        Self(cache)
    }

    /// The answer at hand.
    pub(super) async fn known(&self, connection: i64, key: &K) -> Option<Answer<T>> {
        self.0.get(&(connection, key.clone())).await
    }

    /// The answer at hand, or that of `ask`, which runs once however many wait for it. Its errors reach all who
    /// wait and are not kept.
    pub(super) async fn get<F>(&self, connection: i64, key: &K, ask: F) -> Result<Answer<T>, GitlabError>
    where
        F: Future<Output = Result<Option<T>, GitlabError>>,
    {
        let key = (connection, key.clone());
        let ask = async { ask.await.map(|answer| answer.map(Arc::new)) };
        self.0.try_get_with(key, ask).await.map_err(|error| GitlabError::clone(&error))
    }

    pub(super) async fn forget_one(&self, connection: i64, key: &K) {
        self.0.invalidate(&(connection, key.clone())).await;
    }

    pub(super) fn forget(&self, connection: i64) {
        // Fails only without the support that `new` asks for.
        let _ = self.0.invalidate_entries_if(move |key, _| key.0 == connection);
    }
}
