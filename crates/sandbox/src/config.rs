//! How a sandbox is started.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::graphql::GraphqlSchema;

/// Tells the time in microseconds since 1970-01-01 UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The settings of a sandbox; `SandboxConfig::default()` suits tests.
#[derive(Clone)]
pub struct SandboxConfig {
    /// The address to listen on; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The URL under which the forge writes links to itself; its own address by default.
    pub external_url: Option<String>,
    /// What the forge takes for the present time.
    pub clock: Clock,
    /// Where native tokens are drawn from; the operating system's randomness when absent.
    pub seed: Option<[u8; 32]>,
    /// The limit that `RateLimit-*` headers announce; no such headers when absent. It is never enforced.
    pub rate_limit: Option<u32>,
    /// Whether projects have issues, merge requests, labels, milestones, notes and todos from the start, with links
    /// from one project to another.
    pub furnished: bool,
    /// A schema for which GraphQL answers with generated data, rather than over the world; the world then has the
    /// group `globex` (12) with project `globex/lab` (24) as well, where maria is a maintainer.
    pub graphql_schema: Option<GraphqlSchema>,
    /// How many requests are remembered; the oldest are forgotten first.
    pub remembered_requests: usize,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            external_url: None,
            clock: Arc::new(system_time),
            seed: None,
            rate_limit: None,
            furnished: false,
            graphql_schema: None,
            remembered_requests: 100_000,
        }
    }
}

impl fmt::Debug for SandboxConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxConfig")
            .field("bind", &self.bind)
            .field("external_url", &self.external_url)
            .field("rate_limit", &self.rate_limit)
            .finish_non_exhaustive()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the forge reads the system's clock")]
fn system_time() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX)
}
