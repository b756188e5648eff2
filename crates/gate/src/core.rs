//! What all requests share.

use narrowgate_catalog::Catalog;
use narrowgate_gitlab::Directory;
use narrowgate_secret::KeyRing;
use narrowgate_store::Store;

use std::sync::Arc;

use crate::builder::{BuildError, GateBuilder};
use crate::{GateConfig, Local};

/// The parts of a gate.
pub(crate) struct Core {
    pub(crate) config: GateConfig,
    pub(crate) catalog: &'static Catalog,
    pub(crate) store: Store,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) directory: Directory,
    pub(crate) local: Arc<dyn Local>,
}

impl Core {
    pub(crate) fn new(builder: GateBuilder) -> Result<Self, BuildError> {
        let GateBuilder { config, store, keys, directory, catalog, local } = builder;
        Ok(Self { config, catalog: catalog.unwrap_or_else(|| Catalog::embedded()), store, keys, directory, local })
    }
}
