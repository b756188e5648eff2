//! The pool of connections to the instance.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::uri::{Authority, Scheme};
use http::{HeaderValue, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::GateConfig;
use crate::body::RequestBody;
use crate::builder::BuildError;

/// For how long a connection without requests is kept. Shorter than what servers commonly keep.
const IDLE: Duration = Duration::from_secs(30);

/// The instance, as requests are sent to it.
pub(crate) struct Upstream {
    client: Client<HttpsConnector<HttpConnector>, RequestBody>,
    /// HTTP/2 has no upgrades: these connections never speak it.
    upgrading: Client<HttpsConnector<HttpConnector>, RequestBody>,
    /// The scheme of its URL.
    pub(super) scheme: Scheme,
    /// Host and port of its URL.
    pub(super) authority: Authority,
    /// The `Host` header.
    pub(super) host: HeaderValue,
    /// The path in front of `/api/v4`, mostly empty.
    pub(super) prefix: String,
}

impl Upstream {
    pub(crate) fn new(config: &GateConfig) -> Result<Self, BuildError> {
        let unusable = || BuildError::Instance(config.instance.as_str().to_owned());
        let uri: Uri = config.instance.as_str().parse().map_err(|_| unusable())?;
        let parts = uri.into_parts();
        let authority = parts.authority.ok_or_else(unusable)?;
        Ok(Self {
            client: client(config, true)?,
            upgrading: client(config, false)?,
            scheme: parts.scheme.ok_or_else(unusable)?,
            host: HeaderValue::from_str(authority.as_str()).map_err(|_| unusable())?,
            authority,
            prefix: config.instance.prefix().to_owned(),
        })
    }

    pub(super) fn request(
        &self,
        request: http::Request<RequestBody>,
        upgrades: bool,
    ) -> hyper_util::client::legacy::ResponseFuture {
        let client = if upgrades { &self.upgrading } else { &self.client };
        client.request(request)
    }
}

fn client(
    config: &GateConfig,
    http2: bool,
) -> Result<Client<HttpsConnector<HttpConnector>, RequestBody>, BuildError> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(config.timeouts.connect));
    tcp.set_keepalive(Some(IDLE));
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(tls(config.instance_ca.as_deref())?).https_or_http();
    let connector = if http2 {
        connector.enable_all_versions().wrap_connector(tcp)
    } else {
        connector.enable_http1().wrap_connector(tcp)
    };
    Ok(Client::builder(TokioExecutor::new())
        .pool_idle_timeout(IDLE)
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .set_host(false)
        .http1_max_buf_size(config.limits.head_bytes.max(64 * 1024))
        .http2_adaptive_window(true)
        .build(connector))
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
