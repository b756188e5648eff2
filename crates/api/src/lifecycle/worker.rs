//! Does all that is due, by the store's clock.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use narrowgate_secret::KeyRing;
use narrowgate_store::time::{Date, Timestamp};
use narrowgate_store::{ConnectionId, Store, StoreError, TenantId};
use tokio::sync::Mutex;

use super::health::Checked;
use super::mail::Mailer;
use super::mailbox::Mailbox;
use super::probe::Probe;
use super::sender::Sender;
use super::{expiry, health, inactivity, outbox, stream};
use crate::containers::Containers;

/// What an operator can set.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// The tenants whose tokens are looked after.
    pub tenants: Vec<TenantId>,
    /// How long to wait between two ticks.
    pub pause: Duration,
    /// How often a healthy connection is checked.
    pub check_every: Duration,
    /// How soon a connection is checked again of which nothing certain is known; doubled each time, up to `check_every`
    /// or an hour.
    pub check_again: Duration,
    /// How many times in a row an instance must refuse a connection before its tokens are revoked: one answer may be a
    /// slip of something in between.
    pub confirmations: u32,
    /// How many days ahead of a token's expiry a warning is given.
    pub warn_days: Vec<u32>,
    /// How often a message to a webhook is tried at most.
    pub most_attempts: u32,
    /// How soon a message is tried again; doubled each time, up to six hours.
    pub retry_after: Duration,
    /// After how many days messages that went out or were given up are forgotten.
    pub keep_deliveries_days: u32,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            tenants: vec![TenantId::DEFAULT],
            pause: Duration::from_secs(5),
            check_every: Duration::from_secs(600),
            check_again: Duration::from_secs(60),
            confirmations: 2,
            warn_days: vec![60, 30, 7, 1],
            most_attempts: 10,
            retry_after: Duration::from_secs(10),
            keep_deliveries_days: 30,
        }
    }
}

/// What one tick did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many connections were checked.
    pub checked: usize,
    /// How many tokens were revoked because their connection is lost or their owner blocked.
    pub lost: usize,
    /// How many tokens were revoked because nobody used them.
    pub inactive: usize,
    /// How many warnings of expiry were given.
    pub warnings: usize,
    /// How many events of the audit log went to the outbox.
    pub streamed: usize,
    /// How many messages were taken by their receivers.
    pub delivered: usize,
    /// How many attempts at messages failed.
    pub failed: usize,
    /// How many mails went out.
    pub mailed: usize,
}

/// Looks after the life cycle of tokens.
pub struct Worker {
    pub(super) store: Store,
    pub(super) keys: Arc<KeyRing>,
    pub(super) containers: Arc<dyn Containers>,
    pub(super) probe: Arc<dyn Probe>,
    pub(super) sender: Arc<dyn Sender>,
    pub(super) mailer: Option<Arc<dyn Mailer>>,
    pub(super) config: WorkerConfig,
    pub(super) memory: Mutex<Memory>,
}

/// What a worker remembers between ticks. Nothing is lost with it: after a start everything is looked at anew.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) checks: HashMap<ConnectionId, Checked>,
    pub(super) mailbox: Mailbox,
    pub(super) swept_at: Option<Timestamp>,
    pub(super) cleaned_on: Option<Date>,
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Worker {
    /// Puts the parts together. Without a mailer, no mail is sent.
    #[must_use]
    pub fn new(
        store: Store,
        keys: Arc<KeyRing>,
        containers: Arc<dyn Containers>,
        probe: Arc<dyn Probe>,
        sender: Arc<dyn Sender>,
        mailer: Option<Arc<dyn Mailer>>,
        config: WorkerConfig,
    ) -> Self {
        Self { store, keys, containers, probe, sender, mailer, config, memory: Mutex::default() }
    }

    /// Ticks until `shutdown` completes.
    pub async fn run(&self, shutdown: impl Future<Output = ()> + Send) {
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => return,
                report = self.tick() => tracing::debug!(?report, "The life cycle was looked after"),
            }
            tokio::select! {
                () = &mut shutdown => return,
                () = tokio::time::sleep(self.config.pause) => {}
            }
        }
    }

    /// Does all that is due. A step that fails is logged and tried again at the next tick; it does not keep the others.
    pub async fn tick(&self) -> Report {
        let mut memory = self.memory.lock().await;
        let mut report = Report::default();
        for tenant in &self.config.tenants {
            logged("health", health::check(self, &mut memory, *tenant, &mut report).await);
        }
        if inactivity::is_due(&mut memory, self.store.now()) {
            for tenant in &self.config.tenants {
                logged("inactivity", inactivity::sweep(self, *tenant, &mut report).await);
            }
        }
        logged("expiry", expiry::warn(self, &mut memory, &mut report).await);
        memory.mailbox.send(self.mailer.as_deref(), self.store.now(), &mut report).await;
        for tenant in &self.config.tenants {
            logged("stream", stream::follow(self, *tenant, &mut report).await);
        }
        logged("outbox", outbox::deliver(self, &mut report).await);
        logged("outbox", outbox::clean(self, &mut memory).await);
        report
    }
}

fn logged(step: &'static str, outcome: Result<(), StoreError>) {
    if let Err(error) = outcome {
        let error = &error as &dyn std::error::Error;
        tracing::error!(step, error, "A step of the life cycle failed; it is tried again");
    }
}

/// A time later by a duration.
pub(super) fn later(at: Timestamp, by: Duration) -> Timestamp {
    Timestamp(at.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
}

/// `first`, doubled with each further attempt, at most `most`.
pub(super) fn doubled(first: Duration, attempts: u32, most: Duration) -> Duration {
    let factor = 2_u32.saturating_pow(attempts.saturating_sub(1).min(30));
    first.saturating_mul(factor).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound() {
        let seconds =
            |attempts| doubled(Duration::from_secs(10), attempts, Duration::from_secs(100)).as_secs();
        assert_eq!([1, 2, 3, 4, 5, 400].map(seconds), [10, 20, 40, 80, 100, 100]);
    }
}
