//! A whole node: store, directory, control plane and gate, wired together.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use narrowgate_gate::{ForeignTokens as GateForeignTokens, Gate, GateConfig, Timeouts, TlsFiles};
use narrowgate_gitlab::{Directory, DirectoryConfig};
use narrowgate_secret::KeyRing;
use narrowgate_store::Store;
use tokio::net::TcpListener;

use crate::catalog_files;
use crate::connect::client;
use crate::control::api_state;
use crate::hint::Hint as _;
use crate::local::ControlPlane;
use crate::settings::{ForeignTokens, Settings, seconds};

/// A gate that is bound to its address, and not yet serving.
#[derive(Debug)]
pub(crate) struct Node {
    gate: Gate,
    listener: TcpListener,
    url: String,
}

impl Node {
    /// Builds the gate and binds its listener.
    ///
    /// # Errors
    /// When a setting is unusable, or the address is taken.
    pub(crate) async fn bind(
        config: GateConfig,
        settings: &Settings,
        store: Store,
        keys: Arc<KeyRing>,
    ) -> Result<Self> {
        let gate = gate(config, settings, store, keys)?;
        let listener = TcpListener::bind(settings.listen)
            .await
            .with_context(|| format!("cannot listen on {}", settings.listen))
            .hint("take another address with `--listen 127.0.0.1:0`")?;
        let scheme = if settings.tls_cert.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr()?);
        Ok(Self { gate, listener, url })
    }

    /// The URL it listens on, without a trailing slash.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Serves until `shutdown` is ready, then lets open requests finish.
    ///
    /// # Errors
    /// When the listener fails for good.
    pub(crate) async fn serve(self, shutdown: impl Future<Output = ()> + Send) -> Result<()> {
        self.gate.serve(self.listener, shutdown).await.context("the gate's listener failed")
    }
}

/// The gate, with the control plane behind its own steps.
///
/// # Errors
/// When a setting is unusable.
pub(crate) fn gate(
    config: GateConfig,
    settings: &Settings,
    store: Store,
    keys: Arc<KeyRing>,
) -> Result<Gate> {
    let directory = Directory::new(client(settings)?, &DirectoryConfig::default());
    let catalog = catalog_files::load(settings.catalog.as_deref())?;
    let state = api_state(settings, store.clone(), Arc::clone(&keys), directory.clone(), catalog)?;
    let builder = Gate::builder(config, store, keys, directory);
    Ok(builder.catalog(catalog).local(Arc::new(ControlPlane::new(state))).build()?)
}

/// The gate's own configuration. It is read before anything is created or opened, so that a mistake leaves nothing behind.
///
/// # Errors
/// When a setting is unusable.
pub(crate) fn configure(settings: &Settings) -> Result<GateConfig> {
    let staleness = Duration::from_millis(settings.max_staleness_ms);
    Ok(GateConfig {
        public_url: settings.public_url.clone(),
        instance_ca: settings.ca_file.clone(),
        foreign_tokens: match settings.foreign_tokens {
            ForeignTokens::Refuse => GateForeignTokens::Refuse,
            ForeignTokens::Forward => GateForeignTokens::Forward,
        },
        enforced_groups: settings.enforced_groups.clone(),
        public_reads: settings.public_reads,
        bypass_header: settings
            .bypass_header
            .as_deref()
            .map(str::parse)
            .transpose()
            .context("the bypass header is not the name of a header")?,
        max_staleness: staleness,
        poll_interval: staleness / 5,
        timeouts: timeouts(settings),
        tls: tls(settings)?,
        ..GateConfig::new(settings.instance()?)
    })
}

fn timeouts(settings: &Settings) -> Timeouts {
    Timeouts {
        head: seconds(settings.head_timeout_s),
        body_idle: seconds(settings.idle_timeout_s),
        connect: seconds(settings.connect_timeout_s),
        response_head: seconds(settings.response_timeout_s),
        drain: seconds(settings.drain_timeout_s),
    }
}

fn tls(settings: &Settings) -> Result<Option<TlsFiles>> {
    match (&settings.tls_cert, &settings.tls_key) {
        (Some(certificate), Some(key)) => {
            Ok(Some(TlsFiles { certificate: certificate.clone(), key: key.clone() }))
        }
        (None, None) => Ok(None),
        _ => bail!("TLS takes both `--tls-cert` and `--tls-key`"),
    }
}
