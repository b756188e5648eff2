//! A whole node: store, directory, control plane and gate, wired together.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use narrowgate_api::DirectoryContainers;
use narrowgate_api::lifecycle::{
    DirectoryProbe, HttpSender, Mailer, Sender, SmtpMailer, Worker, WorkerConfig,
};
use narrowgate_api::own::explain::Explainer;
use narrowgate_api::own::{OwnConfig, OwnState};
use narrowgate_gate::{ForeignTokens as GateForeignTokens, Gate, GateConfig, Timeouts, TlsFiles};
use narrowgate_gitlab::{Directory, DirectoryConfig};
use narrowgate_secret::KeyRing;
use narrowgate_store::Store;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::catalog_files;
use crate::connect::client;
use crate::control::api_state;
use crate::explanation::GateExplainer;
use crate::hint::Hint as _;
use crate::local::ControlPlane;
use crate::settings::{ForeignTokens, Settings, seconds};

/// How long a webhook's receiver may take.
const WEBHOOK_PATIENCE: Duration = Duration::from_secs(10);
/// How long the life cycle's last tick may take.
const LAST_TICK: Duration = Duration::from_secs(5);

/// How the life of tokens is looked after.
#[derive(Default)]
pub(crate) struct LifeCycle {
    mailer: Option<Arc<dyn Mailer>>,
    worker: WorkerConfig,
}

impl LifeCycle {
    /// What the settings say of it. Read before anything is created or opened, as [`configure`].
    ///
    /// # Errors
    /// When a setting is unusable, or settings contradict each other.
    pub(crate) fn configure(settings: &Settings) -> Result<Self> {
        ensure!(settings.lifecycle_interval_s > 0, "`lifecycle_interval_s` is 0");
        let mailer = match settings.mail()? {
            Some(config) => {
                let mailer = SmtpMailer::new(&config).context("cannot set mail up")?;
                Some(Arc::new(mailer) as Arc<dyn Mailer>)
            }
            None => None,
        };
        let pause = seconds(settings.lifecycle_interval_s);
        Ok(Self { mailer, worker: WorkerConfig { pause, ..WorkerConfig::default() } })
    }
}

/// A gate that is bound to its address, and not yet serving.
#[derive(Debug)]
pub(crate) struct Node {
    gate: Gate,
    worker: Worker,
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
        life_cycle: LifeCycle,
        settings: &Settings,
        store: Store,
        keys: Arc<KeyRing>,
    ) -> Result<Self> {
        let (gate, worker) = assemble(config, life_cycle, settings, store, keys)?;
        let listener = TcpListener::bind(settings.listen)
            .await
            .with_context(|| format!("cannot listen on {}", settings.listen))
            .hint("take another address with `--listen 127.0.0.1:0`")?;
        let scheme = if settings.tls_cert.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr()?);
        Ok(Self { gate, worker, listener, url })
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
        let (stop, stopped) = oneshot::channel::<()>();
        let worker = self.worker;
        let looked_after = tokio::spawn(async move { worker.run(async { drop(stopped.await) }).await });
        let served = self.gate.serve(self.listener, shutdown).await.context("the gate's listener failed");
        drop(stop);
        // What a tick has begun is finished; what it leaves undone another node or the next start does.
        let _ = tokio::time::timeout(LAST_TICK, looked_after).await;
        served
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
    Ok(assemble(config, LifeCycle::default(), settings, store, keys)?.0)
}

/// The gate, and what looks after the life cycle of its tokens.
fn assemble(
    config: GateConfig,
    life_cycle: LifeCycle,
    settings: &Settings,
    store: Store,
    keys: Arc<KeyRing>,
) -> Result<(Gate, Worker)> {
    let client = client(settings)?;
    let directory = Directory::new(client.clone(), &DirectoryConfig::default());
    let catalog = catalog_files::load(settings.catalog.as_deref())?;
    let state = api_state(settings, store.clone(), Arc::clone(&keys), directory.clone(), catalog)?;
    let sender: Arc<dyn Sender> = Arc::new(HttpSender::new(WEBHOOK_PATIENCE)?);
    let explainer = Arc::new(GateExplainer::new(catalog));
    let asked: Arc<dyn Explainer> = Arc::<GateExplainer>::clone(&explainer);
    let own =
        OwnState::new(state.clone(), Arc::clone(&keys), Arc::clone(&sender), asked, OwnConfig::default());
    let worker = Worker::new(
        store.clone(),
        Arc::clone(&keys),
        Arc::new(DirectoryContainers::new(directory.clone(), Arc::clone(&keys))),
        Arc::new(DirectoryProbe::new(client, Arc::clone(&keys))),
        sender,
        life_cycle.mailer,
        life_cycle.worker,
    );
    let builder = Gate::builder(config, store, keys, directory);
    let gate = builder.catalog(catalog).local(Arc::new(ControlPlane::new(state, own))).build()?;
    explainer.attach(&gate);
    Ok((gate, worker))
}

/// The gate's own configuration. It is read before anything is created or opened, so that a mistake leaves nothing behind.
///
/// # Errors
/// When a setting is unusable.
pub(crate) fn configure(settings: &Settings) -> Result<GateConfig> {
    let staleness = Duration::from_millis(settings.max_staleness_ms);
    Ok(GateConfig {
        public_url: settings.public_url.clone(),
        external_urls: settings.external_urls()?,
        instance_ca: settings.ca_file.clone(),
        foreign_tokens: match settings.foreign_tokens {
            ForeignTokens::Refuse => GateForeignTokens::Refuse,
            ForeignTokens::Forward => GateForeignTokens::Forward,
        },
        enforced_groups: settings.enforced_groups.clone(),
        public_reads: settings.public_reads,
        trusted_proxies: settings.trusted_proxies.clone(),
        bypass_header: settings
            .bypass_header
            .as_deref()
            .map(str::parse)
            .transpose()
            .context("the bypass header is not the name of a header")?,
        max_staleness: staleness,
        poll_interval: staleness / 5,
        graphql: settings.graphql()?,
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
