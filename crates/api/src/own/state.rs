//! What Narrowgate's own API works with.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use narrowgate_secret::KeyRing;
use narrowgate_store::Store;
use narrowgate_store::time::Timestamp;

use super::explain::Explainer;
use super::leaks::Limiter;
use crate::lifecycle::Sender;
use crate::state::ApiState;

/// What an operator can set.
#[derive(Clone, Debug)]
pub struct OwnConfig {
    /// How long a job's token may live.
    pub longest_job: Duration,
    /// How many reports of leaks one address may send in a minute.
    pub leak_reports_per_minute: u32,
    /// How many reports of leaks are taken in a minute from everybody together.
    pub all_leak_reports_per_minute: u32,
    /// Whether webhooks may be sent over plain HTTP.
    pub plain_webhooks: bool,
}

impl Default for OwnConfig {
    fn default() -> Self {
        Self {
            longest_job: Duration::from_secs(24 * 3600),
            leak_reports_per_minute: 60,
            all_leak_reports_per_minute: 600,
            plain_webhooks: false,
        }
    }
}

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct OwnState {
    pub(crate) api: ApiState,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) sender: Arc<dyn Sender>,
    pub(crate) explainer: Arc<dyn Explainer>,
    pub(crate) config: Arc<OwnConfig>,
    pub(crate) limiter: Arc<Limiter>,
}

impl OwnState {
    /// Puts the parts together. The keys seal the secrets of webhooks; the sender delivers test messages; the explainer
    /// knows the gate.
    #[must_use]
    pub fn new(
        api: ApiState,
        keys: Arc<KeyRing>,
        sender: Arc<dyn Sender>,
        explainer: Arc<dyn Explainer>,
        config: OwnConfig,
    ) -> Self {
        let limiter = Limiter::new(config.leak_reports_per_minute, config.all_leak_reports_per_minute);
        Self { api, keys, sender, explainer, config: Arc::new(config), limiter: Arc::new(limiter) }
    }

    pub(super) fn store(&self) -> &Store {
        &self.api.store
    }

    pub(super) fn now(&self) -> Timestamp {
        self.api.store.now()
    }
}

impl fmt::Debug for OwnState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnState").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Who sends a request to a path that answers anybody. Passed as a request extension.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Where the request came from.
    pub address: IpAddr,
    /// The request's id, for the audit log.
    pub request_id: String,
}
