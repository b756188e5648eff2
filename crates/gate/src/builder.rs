//! Puts a gate together.

use std::path::PathBuf;
use std::sync::{Arc, Weak};

use narrowgate_catalog::Catalog;
use narrowgate_gitlab::Directory;
use narrowgate_secret::KeyRing;
use narrowgate_store::Store;

use crate::core::Core;
use crate::{GateConfig, Local, NoLocal};

/// The data plane in front of one instance. Clones share everything.
#[derive(Clone)]
pub struct Gate {
    pub(crate) core: Arc<Core>,
}

impl Gate {
    /// Begins with what every gate needs: the store with its clock, the keys that open credentials, the directory.
    pub fn builder(
        config: GateConfig,
        store: Store,
        keys: Arc<KeyRing>,
        directory: Directory,
    ) -> GateBuilder {
        GateBuilder { config, store, keys, directory, catalog: None, local: Arc::new(NoLocal) }
    }
}

/// A gate that is there as long as somebody else holds it: for what the gate itself holds.
#[derive(Clone)]
pub struct WeakGate {
    core: Weak<Core>,
}

impl Gate {
    /// The same gate, without keeping it.
    #[must_use]
    pub fn downgrade(&self) -> WeakGate {
        WeakGate { core: Arc::downgrade(&self.core) }
    }
}

impl WeakGate {
    /// The gate, if it is still there.
    #[must_use]
    pub fn upgrade(&self) -> Option<Gate> {
        self.core.upgrade().map(|core| Gate { core })
    }
}

impl std::fmt::Debug for WeakGate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WeakGate").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").field("instance", &self.core.config.instance).finish_non_exhaustive()
    }
}

/// What a gate is made of.
#[must_use]
pub struct GateBuilder {
    pub(crate) config: GateConfig,
    pub(crate) store: Store,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) directory: Directory,
    pub(crate) catalog: Option<&'static Catalog>,
    pub(crate) local: Arc<dyn Local>,
}

impl GateBuilder {
    /// A catalogue with an operator's overlays, instead of the embedded one.
    pub fn catalog(self, catalog: &'static Catalog) -> Self {
        Self { catalog: Some(catalog), ..self }
    }

    /// The operations that are answered here instead of by the instance.
    pub fn local(self, local: Arc<dyn Local>) -> Self {
        Self { local, ..self }
    }

    /// Reads the certificates and makes the gate. Nothing listens and nothing is asked yet.
    ///
    /// # Errors
    ///
    /// [`BuildError`] when a certificate or key file is unusable.
    pub fn build(self) -> Result<Gate, BuildError> {
        Ok(Gate { core: Arc::new(Core::new(self)?) })
    }
}

/// Why a gate could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A certificate or key file could not be read.
    #[error("cannot read `{path}`: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file holds no certificate or no key.
    #[error("`{path}` holds no usable {what} in PEM form")]
    Pem {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
    /// Certificate and key don't make a TLS configuration.
    #[error("the certificate and key can't be used for TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The instance's URL can't be forwarded to.
    #[error("the instance's URL `{0}` can't be forwarded to")]
    Instance(String),
}
