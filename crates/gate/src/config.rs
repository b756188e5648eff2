//! What an operator can set about the gate.

use std::path::PathBuf;
use std::time::Duration;

use http::HeaderName;
use ipnet::IpNet;
use narrowgate_gitlab::InstanceUrl;
use narrowgate_graphql::SchemaLimits;
use narrowgate_secret::Prefixes;
use url::Url;

/// The gate's configuration: already parsed, no defaults left to fill in.
#[derive(Clone, Debug)]
pub struct GateConfig {
    /// The GitLab instance that requests are forwarded to.
    pub instance: InstanceUrl,
    /// Further URLs that the instance calls itself by, such as GitLab's `external_url` where the gate reaches it under another.
    pub external_urls: Vec<InstanceUrl>,
    /// The URL that clients reach the gate under. Without it, the scheme and `Host` of each request count.
    pub public_url: Option<Url>,
    /// Further certificate authorities for the instance's TLS, a PEM file.
    pub instance_ca: Option<PathBuf>,
    /// The prefixes of Narrowgate's own tokens.
    pub prefixes: Prefixes,
    /// What happens to credentials that Narrowgate did not issue.
    pub foreign_tokens: ForeignTokens,
    /// Ids of the top-level groups that accept fine-grained tokens only.
    pub enforced_groups: Vec<u64>,
    /// Whether a fine-grained token may read public projects and groups without a grant.
    pub public_reads: bool,
    /// The header with which the instance's rate limits can be bypassed, beside `Gitlab-Bypass-Rate-Limiting`.
    pub bypass_header: Option<HeaderName>,
    /// For how long cached tokens may be served without having heard from the change log.
    pub max_staleness: Duration,
    /// How often the change log is asked.
    pub poll_interval: Duration,
    /// Proxies that are trusted to say, in `X-Forwarded-For`, where a request came from.
    pub trusted_proxies: Vec<IpNet>,
    /// Bounds on sizes.
    pub limits: Limits,
    /// What holds for GraphQL.
    pub graphql: GraphqlConfig,
    /// Bounds on time.
    pub timeouts: Timeouts,
    /// Certificate and key of the gate's own listener; plain HTTP without.
    pub tls: Option<TlsFiles>,
}

impl GateConfig {
    /// The defaults, in front of `instance`.
    #[must_use]
    pub fn new(instance: InstanceUrl) -> Self {
        Self {
            instance,
            external_urls: Vec::new(),
            public_url: None,
            instance_ca: None,
            prefixes: Prefixes::default(),
            foreign_tokens: ForeignTokens::Refuse,
            enforced_groups: Vec::new(),
            public_reads: true,
            bypass_header: None,
            max_staleness: Duration::from_secs(1),
            poll_interval: Duration::from_millis(200),
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            graphql: GraphqlConfig::default(),
            timeouts: Timeouts::default(),
            tls: None,
        }
    }

    /// Every URL that names the instance.
    pub(crate) fn instance_urls(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.instance).chain(&self.external_urls).map(InstanceUrl::as_str)
    }
}

/// What happens to credentials that Narrowgate did not issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForeignTokens {
    /// They are refused.
    #[default]
    Refuse,
    /// They are forwarded as they came, for the instance to judge.
    Forward,
}

/// Certificate chain and private key, both PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate chain, leaf first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Bounds on sizes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one request head.
    pub head_bytes: usize,
    /// Headers of one request.
    pub headers: usize,
    /// Bytes of a request's path and query.
    pub target_bytes: usize,
    /// Bytes of a request body that the gate reads as a whole.
    pub request_body: usize,
    /// Bytes of a response body that the gate reads as a whole.
    pub response_body: usize,
    /// Tokens held in memory.
    pub cached_tokens: usize,
    /// Unknown digests held in memory.
    pub unknown_tokens: usize,
    /// Client connections at a time.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 64 * 1024,
            headers: 100,
            target_bytes: 16 * 1024,
            request_body: 1024 * 1024,
            response_body: 8 * 1024 * 1024,
            cached_tokens: 1_000_000,
            unknown_tokens: 10_000,
            connections: 10_000,
        }
    }
}

/// What holds for GraphQL.
#[derive(Clone, Copy, Debug)]
pub struct GraphqlConfig {
    /// Bounds on documents, plans and answers.
    pub limits: narrowgate_graphql::plan::Limits,
    /// Bounds on schemas.
    pub schema: SchemaLimits,
    /// Schemas held in memory, ready for use: instances of different versions have different ones.
    pub schemas: u64,
    /// Bytes of plans held in memory, for each schema.
    pub plan_bytes: u64,
    /// For how long an instance may describe its schema.
    pub introspection_timeout: Duration,
}

impl Default for GraphqlConfig {
    fn default() -> Self {
        Self {
            limits: narrowgate_graphql::plan::Limits::default(),
            schema: SchemaLimits::default(),
            schemas: 8,
            plan_bytes: 32 * 1024 * 1024,
            introspection_timeout: Duration::from_secs(60),
        }
    }
}

/// Bounds on time.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// From the first byte of a request head to its last, and between requests of a connection.
    pub head: Duration,
    /// Between two pieces of a body, in either direction.
    pub body_idle: Duration,
    /// To open a connection to the instance.
    pub connect: Duration,
    /// From the end of a request to the instance's response head.
    pub response_head: Duration,
    /// From the wish to stop until open connections are cut.
    pub drain: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(15),
            body_idle: Duration::from_secs(60),
            connect: Duration::from_secs(5),
            response_head: Duration::from_secs(60),
            drain: Duration::from_secs(30),
        }
    }
}
