//! What the control plane works with.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use narrowgate_catalog::Catalog;
use narrowgate_secret::{PlainToken, Prefix, Prefixes, mint};
use narrowgate_store::Store;
use rand::{CryptoRng, Rng as _};

use crate::containers::Containers;

/// A source of randomness for new tokens.
pub type Random = Box<dyn CryptoRng + Send>;

/// What an operator can set.
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// What tokens start with.
    pub prefixes: Prefixes,
    /// Days that a token lives unless its maker says otherwise.
    pub default_lifetime_days: u32,
    /// Days that a token may live at most; zero for no limit.
    pub max_lifetime_days: u32,
    /// Days that a rotated token lives unless its maker says otherwise.
    pub rotated_lifetime_days: u32,
    /// The gate's address as clients see it, for `Link` headers; the request's `Host` over plain HTTP if absent.
    pub public_url: Option<String>,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self {
            prefixes: Prefixes::default(),
            default_lifetime_days: 365,
            max_lifetime_days: 400,
            rotated_lifetime_days: 7,
            public_url: None,
        }
    }
}

/// What handlers and the authority work with. Cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    pub(crate) store: Store,
    pub(crate) catalog: &'static Catalog,
    pub(crate) containers: Arc<dyn Containers>,
    pub(crate) config: Arc<ApiConfig>,
    random: Arc<Mutex<Random>>,
}

impl ApiState {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        store: Store,
        catalog: &'static Catalog,
        containers: Arc<dyn Containers>,
        random: Random,
        config: ApiConfig,
    ) -> Self {
        Self { store, catalog, containers, config: Arc::new(config), random: Arc::new(Mutex::new(random)) }
    }

    /// A new personal token's text.
    pub(crate) fn mint(&self) -> PlainToken {
        // A panic elsewhere cannot have left the generator half-way in a state that repeats.
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        mint(self.config.prefixes.personal(), &mut **random)
    }

    /// A new token's text with a prefix of its own.
    pub(crate) fn mint_with(&self, prefix: &Prefix) -> PlainToken {
        self.with_random(|random| mint(prefix, random))
    }

    /// Lends the source of randomness.
    pub(crate) fn with_random<T>(&self, work: impl FnOnce(&mut (dyn CryptoRng + Send)) -> T) -> T {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut **random)
    }

    /// Something unique in hexadecimal digits, for the names of bots.
    pub(crate) fn random_hex(&self) -> String {
        let mut bytes = [0_u8; 16];
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes.iter().fold(String::with_capacity(32), |text, byte| format!("{text}{byte:02x}"))
    }
}

impl fmt::Debug for ApiState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiState").field("config", &self.config).finish_non_exhaustive()
    }
}
