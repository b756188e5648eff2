//! A cache of answers: short life, bounded, one question for concurrent misses.

use std::collections::HashMap as Table;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use foldhash::quality::RandomState;
use papaya::HashMap;
use tokio::sync::OnceCell;

use super::DirectoryConfig;
use crate::error::GitlabError;

type Answer<T> = Option<Arc<T>>;
type Key<K> = (i64, K);
type Question<T> = Arc<OnceCell<Result<Answer<T>, GitlabError>>>;

/// Answers by connection and what was asked for. Who finds one takes no lock and leaves no trace.
pub(super) struct Cache<K, T>(Arc<Inner<K, T>>);

struct Inner<K, T> {
    lifetime: Duration,
    absent_lifetime: Duration,
    most: usize,
    answers: HashMap<Key<K>, Kept<T>, RandomState>,
    /// What is being asked. An answer is kept only while its question stands here.
    questions: Mutex<Table<Key<K>, Question<T>, RandomState>>,
}

struct Kept<T> {
    answer: Answer<T>,
    until: Instant,
}

impl<K, T> Clone for Cache<K, T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Hash + Eq + Clone, T> Cache<K, T> {
    pub(super) fn new(config: &DirectoryConfig) -> Self {
        Self(Arc::new(Inner {
            lifetime: config.lifetime,
            absent_lifetime: config.absent_lifetime,
            most: config.max_entries,
            answers: HashMap::with_hasher(RandomState::default()),
            questions: Mutex::default(),
        }))
    }

    /// The answer at hand.
    pub(super) fn known(&self, connection: i64, key: &K) -> Option<Answer<T>> {
        let answers = self.0.answers.pin();
        let kept = answers.get(&(connection, key.clone()))?;
        (Instant::now() < kept.until).then(|| kept.answer.clone())
    }

    /// The answer at hand, or that of `ask`, which runs once however many wait for it. Its errors reach all who
    /// wait and are not kept.
    pub(super) async fn get<F>(&self, connection: i64, key: &K, ask: F) -> Result<Answer<T>, GitlabError>
    where
        F: Future<Output = Result<Option<T>, GitlabError>>,
    {
        if let Some(known) = self.known(connection, key) {
            return Ok(known);
        }
        let asking = Asking::begin(&self.0, (connection, key.clone()));
        let answer = asking.question.get_or_init(|| asking.ask(ask)).await;
        answer.clone()
    }

    /// The next one asks anew, even if a question is under way.
    pub(super) fn forget_one(&self, connection: i64, key: &K) {
        let key = (connection, key.clone());
        self.0.questions().remove(&key);
        self.0.answers.pin().remove(&key);
    }

    pub(super) fn forget(&self, connection: i64) {
        self.0.questions().retain(|key, _| key.0 != connection);
        self.0.answers.pin().retain(|key, _| key.0 != connection);
    }
}

impl<K: Hash + Eq, T> Inner<K, T> {
    fn questions(&self) -> MutexGuard<'_, Table<Key<K>, Question<T>, RandomState>> {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, key: Key<K>, answer: Answer<T>) {
        let now = Instant::now();
        let answers = self.answers.pin();
        if answers.len() >= self.most {
            answers.retain(|_, kept| now < kept.until);
        }
        if answers.len() >= self.most {
            answers.clear();
        }
        let life = if answer.is_some() { self.lifetime } else { self.absent_lifetime };
        answers.insert(key, Kept { answer, until: now + life });
    }
}

/// A part in a question that all who wait for its answer share.
struct Asking<'c, K: Hash + Eq, T> {
    cache: &'c Inner<K, T>,
    key: Key<K>,
    question: Question<T>,
}

impl<'c, K: Hash + Eq + Clone, T> Asking<'c, K, T> {
    fn begin(cache: &'c Inner<K, T>, key: Key<K>) -> Self {
        let question = Arc::clone(cache.questions().entry(key.clone()).or_default());
        Self { cache, key, question }
    }

    /// Whoever is first asks; if it gives up meanwhile, the next one does.
    async fn ask(
        &self,
        ask: impl Future<Output = Result<Option<T>, GitlabError>>,
    ) -> Result<Answer<T>, GitlabError> {
        let answer = ask.await?.map(Arc::new);
        let questions = self.cache.questions();
        if questions.get(&self.key).is_some_and(|known| Arc::ptr_eq(known, &self.question)) {
            self.cache.keep(self.key.clone(), answer.clone());
        }
        Ok(answer)
    }
}

impl<K: Hash + Eq, T> Drop for Asking<'_, K, T> {
    /// The question is over once it is answered, or when nobody waits any more: the table's part and this one are left.
    fn drop(&mut self) {
        let mut questions = self.cache.questions();
        let is_over = self.question.initialized() || Arc::strong_count(&self.question) <= 2;
        if is_over && questions.get(&self.key).is_some_and(|known| Arc::ptr_eq(known, &self.question)) {
            questions.remove(&self.key);
        }
    }
}
