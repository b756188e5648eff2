//! The connections to the instance.
//!
//! HTTP/1.1 only, as servers in front of GitLab do it: one connection carries one request at a time, and can become a
//! tunnel.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::uri::Authority;
use http::{HeaderValue, Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::Handle;
use tower::ServiceExt as _;

use crate::GateConfig;
use crate::body::RequestBody;
use crate::builder::BuildError;

/// For how long a connection without requests is kept at most. Shorter than what servers commonly keep.
const IDLE: Duration = Duration::from_secs(30);
/// How often the pool is to be tidied.
pub(crate) const ROUND: Duration = Duration::from_secs(IDLE.as_secs() / 2);
/// Room for the head of an answer, at least.
const BUFFER: usize = 64 * 1024;

/// The instance, as requests are sent to it.
pub(crate) struct Upstream {
    connector: HttpsConnector<HttpConnector>,
    http: Builder,
    uri: Uri,
    /// The `Host` header.
    pub(super) host: HeaderValue,
    /// The path in front of `/api/v4`, mostly empty.
    pub(super) prefix: String,
}

impl Upstream {
    pub(crate) fn new(config: &GateConfig) -> Result<Self, BuildError> {
        let unusable = || BuildError::Instance(config.instance.as_str().to_owned());
        let uri: Uri = config.instance.as_str().parse().map_err(|_| unusable())?;
        let host = uri.authority().map(Authority::as_str).ok_or_else(unusable)?;
        let mut http = Builder::new();
        http.max_buf_size(config.limits.head_bytes.max(BUFFER));
        Ok(Self {
            connector: connector(config)?,
            http,
            host: HeaderValue::from_str(host).map_err(|_| unusable())?,
            uri,
            prefix: config.instance.prefix().to_owned(),
        })
    }

    /// An empty pool.
    pub(crate) fn pool(&self) -> Arc<Pool> {
        let Self { connector, http, uri, .. } = self;
        Arc::new(Pool {
            connector: connector.clone(),
            http: http.clone(),
            uri: uri.clone(),
            idle: Mutex::default(),
            round: AtomicU64::default(),
        })
    }
}

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    /// No connection could be opened.
    #[error("no connection to the instance")]
    Connect(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The exchange broke off.
    #[error("the exchange with the instance broke off")]
    Exchange(#[from] hyper::Error),
}

/// The connections of one worker to the instance.
pub(crate) struct Pool {
    connector: HttpsConnector<HttpConnector>,
    http: Builder,
    uri: Uri,
    /// The one used last is at the end.
    idle: Mutex<Vec<Idle>>,
    /// How often the pool was tidied: the time, as far as it needs to know.
    round: AtomicU64,
}

struct Idle {
    sender: SendRequest<RequestBody>,
    /// The round in which it came back.
    since: u64,
}

impl Pool {
    /// Sends a request whose URI is path and query. With the answer comes the connection, which goes back into the pool
    /// when it is dropped.
    ///
    /// # Errors
    ///
    /// What kept the instance from answering. A request of which it has seen no byte, since a kept connection was closed
    /// meanwhile, is sent on another one before.
    pub(super) async fn request(
        self: &Arc<Self>,
        mut request: Request<RequestBody>,
    ) -> Result<(Response<Incoming>, Lease), SendError> {
        while let Some(mut sender) = self.kept() {
            match sender.try_send_request(request).await {
                Ok(answer) => return Ok((answer, self.lease(sender))),
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(error.into_error().into()),
                },
            }
        }
        let mut sender = Box::pin(self.connect()).await?;
        let answer = sender.send_request(request).await?;
        Ok((answer, self.lease(sender)))
    }

    /// The connection used last, since the others may be given up.
    fn kept(&self) -> Option<SendRequest<RequestBody>> {
        let mut idle = self.idle();
        std::iter::from_fn(|| idle.pop()).map(|kept| kept.sender).find(SendRequest::is_ready)
    }

    async fn connect(&self) -> Result<SendRequest<RequestBody>, SendError> {
        let stream = self.connector.clone().oneshot(self.uri.clone()).await.map_err(SendError::Connect)?;
        let (sender, connection) = self.http.handshake(stream).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.with_upgrades().await {
                tracing::debug!(error = %error, "a connection to the instance ended early");
            }
        });
        Ok(sender)
    }

    fn lease(self: &Arc<Self>, sender: SendRequest<RequestBody>) -> Lease {
        Lease { pool: Arc::clone(self), sender: Some(sender) }
    }

    fn keep(&self, sender: SendRequest<RequestBody>) {
        self.idle().push(Idle { sender, since: self.round.load(Ordering::Relaxed) });
    }

    /// Closes what has not been used since the last time.
    pub(crate) fn tidy(&self) {
        let now = self.round.fetch_add(1, Ordering::Relaxed);
        self.idle().retain(|kept| !kept.sender.is_closed() && now - kept.since < 1);
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("uri", &self.uri).finish_non_exhaustive()
    }
}

/// A connection in use.
#[derive(Debug)]
pub(crate) struct Lease {
    pool: Arc<Pool>,
    sender: Option<SendRequest<RequestBody>>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut sender) = self.sender.take() else { return };
        if sender.is_ready() {
            self.pool.keep(sender);
        } else if !sender.is_closed() {
            // The answer has ended before the request, or nobody wanted to read it to its end.
            let Ok(runtime) = Handle::try_current() else { return };
            let pool = Arc::clone(&self.pool);
            runtime.spawn(async move {
                if sender.ready().await.is_ok() {
                    pool.keep(sender);
                }
            });
        }
    }
}

fn connector(config: &GateConfig) -> Result<HttpsConnector<HttpConnector>, BuildError> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(config.timeouts.connect));
    tcp.set_keepalive(Some(IDLE));
    let tls = tls(config.instance_ca.as_deref())?;
    Ok(HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp))
}

/// The system's authorities, and the operator's own. A machine with neither still reaches an instance over plain HTTP.
fn tls(ca: Option<&Path>) -> Result<ClientConfig, BuildError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca {
        let pem = std::fs::read(path).map_err(|source| BuildError::File { path: path.to_owned(), source })?;
        let given: Vec<_> = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect();
        let (added, _) = roots.add_parsable_certificates(given);
        if added == 0 {
            return Err(BuildError::Pem { path: path.to_owned(), what: "certificate" });
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
