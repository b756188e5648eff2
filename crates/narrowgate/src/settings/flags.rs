//! Settings as flags and environment variables. What is not given here is left to the file and the defaults.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;
use serde::Serialize;
use url::Url;

use super::ForeignTokens;
use super::graphql::GraphqlFlags;
use super::mail::LifeCycleFlags;

/// Where the instance and Narrowgate's own files are.
#[derive(Args, Clone, Debug, Default, Serialize)]
#[command(next_help_heading = "Instance and files")]
pub(crate) struct StoreFlags {
    /// A TOML file with any of the settings, named as the flags with `_` for `-`.
    #[arg(long, env = "NARROWGATE_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,
    /// The GitLab instance, such as `https://gitlab.example.com`.
    #[arg(long, env = "NARROWGATE_INSTANCE", value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// The SQLite database; created when it is not there. [default: narrowgate.db]
    #[arg(long, env = "NARROWGATE_DATABASE", value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<PathBuf>,
    /// The key that seals GitLab credentials; created with mode 0600 when it is not there. `NARROWGATE_KEY`, base64 of
    /// 32 bytes, takes its place. [default: narrowgate.key]
    #[arg(long, env = "NARROWGATE_KEY_FILE", value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    key_file: Option<PathBuf>,
    /// Further certificate authorities for the TLS of the instance and the mail server, in PEM.
    #[arg(long, env = "NARROWGATE_CA_FILE", value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_file: Option<PathBuf>,
    /// A folder of further catalogue files (`*.toml`, at any depth).
    #[arg(long, env = "NARROWGATE_CATALOG", value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    catalog: Option<PathBuf>,
}

/// How the gate serves.
#[derive(Args, Clone, Debug, Default, Serialize)]
#[command(next_help_heading = "Gate")]
pub(crate) struct GateFlags {
    /// The address to listen on; port 0 takes a free one. [default: 127.0.0.1:8080]
    #[arg(long, env = "NARROWGATE_LISTEN", value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<SocketAddr>,
    /// The URL that clients reach the gate under, for links and LFS. Without it, each request's `Host` counts.
    #[arg(long, env = "NARROWGATE_PUBLIC_URL", value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<Url>,
    /// Another URL that the instance calls itself by (GitLab's `external_url`), so that its links lead back to the gate too.
    /// May be given several times.
    #[arg(long, env = "NARROWGATE_INSTANCE_EXTERNAL_URL", value_name = "URL", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_external_url: Option<Vec<String>>,
    /// The certificate chain for TLS, in PEM.
    #[arg(long, env = "NARROWGATE_TLS_CERT", value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_cert: Option<PathBuf>,
    /// The private key for TLS, in PEM.
    #[arg(long, env = "NARROWGATE_TLS_KEY", value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_key: Option<PathBuf>,
    /// Serve Prometheus metrics on this address, at `/metrics`.
    #[arg(long, env = "NARROWGATE_METRICS_LISTEN", value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics_listen: Option<SocketAddr>,
    /// What happens to credentials that Narrowgate did not issue. [default: refuse]
    #[arg(long, env = "NARROWGATE_FOREIGN_TOKENS", value_name = "WHAT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    foreign_tokens: Option<ForeignTokens>,
    /// Whether fine-grained tokens may read public projects and groups without a grant. [default: true]
    #[arg(long, env = "NARROWGATE_PUBLIC_READS", value_name = "BOOL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    public_reads: Option<bool>,
    /// Ids of top-level groups that accept fine-grained tokens only.
    #[arg(long, env = "NARROWGATE_ENFORCED_GROUPS", value_name = "ID", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    enforced_groups: Option<Vec<u64>>,
    /// Address ranges of proxies that are trusted to say where a request came from (`X-Forwarded-For`).
    #[arg(long, env = "NARROWGATE_TRUSTED_PROXIES", value_name = "CIDR", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted_proxies: Option<Vec<IpNet>>,
    /// The header that lifts the instance's rate limits; the gate takes it off every request.
    #[arg(long, env = "NARROWGATE_BYPASS_HEADER", value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    bypass_header: Option<String>,
    /// Days that a token lives when its creator names no date. [default: 365]
    #[arg(long, env = "NARROWGATE_DEFAULT_LIFETIME_DAYS", value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    default_lifetime_days: Option<u32>,
    /// Days that a token may live at most. [default: 400]
    #[arg(long, env = "NARROWGATE_MAX_LIFETIME_DAYS", value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_lifetime_days: Option<u32>,
    /// Days that a rotated token lives when nobody names a date. [default: 7]
    #[arg(long, env = "NARROWGATE_ROTATED_LIFETIME_DAYS", value_name = "DAYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    rotated_lifetime_days: Option<u32>,
    /// Milliseconds that cached tokens may be used without word from the change log. [default: 1000]
    #[arg(long, env = "NARROWGATE_MAX_STALENESS_MS", value_name = "MS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_staleness_ms: Option<u64>,
    /// Seconds to open a connection to the instance. [default: 5]
    #[arg(long, env = "NARROWGATE_CONNECT_TIMEOUT_S", value_name = "S")]
    #[serde(skip_serializing_if = "Option::is_none")]
    connect_timeout_s: Option<u64>,
    /// Seconds from the end of a request to the instance's response head. [default: 60]
    #[arg(long, env = "NARROWGATE_RESPONSE_TIMEOUT_S", value_name = "S")]
    #[serde(skip_serializing_if = "Option::is_none")]
    response_timeout_s: Option<u64>,
    /// Seconds between two pieces of a body, in either direction. [default: 60]
    #[arg(long, env = "NARROWGATE_IDLE_TIMEOUT_S", value_name = "S")]
    #[serde(skip_serializing_if = "Option::is_none")]
    idle_timeout_s: Option<u64>,
    /// Seconds for a client to send the head of a request. [default: 15]
    #[arg(long, env = "NARROWGATE_HEAD_TIMEOUT_S", value_name = "S")]
    #[serde(skip_serializing_if = "Option::is_none")]
    head_timeout_s: Option<u64>,
    /// Seconds that running requests have to finish when the gate is asked to stop. [default: 30]
    #[arg(long, env = "NARROWGATE_DRAIN_TIMEOUT_S", value_name = "S")]
    #[serde(skip_serializing_if = "Option::is_none")]
    drain_timeout_s: Option<u64>,
    #[command(flatten)]
    #[serde(flatten)]
    graphql: GraphqlFlags,
    #[command(flatten)]
    #[serde(flatten)]
    life_cycle: LifeCycleFlags,
}
