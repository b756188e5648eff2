//! What all requests share.

use std::sync::{Arc, OnceLock};

use narrowgate_catalog::Catalog;
use narrowgate_gitlab::Directory;
use narrowgate_policy::Micros;
use narrowgate_secret::KeyRing;
use narrowgate_store::Store;

use crate::authenticate::Tokens;
use crate::authenticate::follower::Follower;
use crate::authenticate::jobs::Jobs;
use crate::authenticate::native::Natives;
use crate::builder::{BuildError, GateBuilder};
use crate::forward::client::Upstream;
use crate::graphql::schemas::Schemas;
use crate::record::{Metrics, Recorder, RequestIds};
use crate::rules::Rules;
use crate::{GateConfig, Local};

/// The parts of a gate.
pub(crate) struct Core {
    pub(crate) config: GateConfig,
    pub(crate) catalog: &'static Catalog,
    pub(crate) store: Store,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) directory: Directory,
    pub(crate) local: Arc<dyn Local>,
    pub(crate) tokens: Tokens,
    pub(crate) natives: Natives,
    pub(crate) jobs: Jobs,
    pub(crate) rules: Rules,
    pub(crate) schemas: Schemas,
    pub(crate) follower: Follower,
    pub(crate) upstream: Upstream,
    pub(crate) recorder: Recorder,
    pub(crate) ids: RequestIds,
    metrics: OnceLock<Metrics>,
}

impl Core {
    pub(crate) fn new(builder: GateBuilder) -> Result<Self, BuildError> {
        let GateBuilder { config, store, keys, directory, catalog, local } = builder;
        let catalog = catalog.unwrap_or_else(|| Catalog::embedded());
        Ok(Self {
            upstream: Upstream::new(&config)?,
            schemas: Schemas::new(store.clone(), directory.client().clone(), catalog, config.graphql),
            catalog,
            tokens: Tokens::default(),
            natives: Natives::default(),
            jobs: Jobs::default(),
            rules: Rules::default(),
            follower: Follower::new(),
            recorder: Recorder::new(),
            ids: RequestIds::new(store.now().0),
            metrics: OnceLock::new(),
            config,
            store,
            keys,
            directory,
            local,
        })
    }

    /// The time, as the decision takes it.
    pub(crate) fn now(&self) -> Micros {
        Micros(self.store.now().0)
    }

    /// The metrics, taken when the first request ends: a recorder is installed by then.
    pub(crate) fn metrics(&self) -> &Metrics {
        self.metrics.get_or_init(Metrics::new)
    }
}
