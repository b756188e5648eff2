//! What an operator can set: defaults, then a file, then environment variables and flags.

mod file;
mod flags;
mod graphql;
mod mail;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use figment::Figment;
use figment::providers::Serialized;
use ipnet::IpNet;
use narrowgate_gitlab::InstanceUrl;
use narrowgate_graphql::SchemaLimits;
use narrowgate_graphql::plan::Limits;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use self::file::SettingsFile;
pub(crate) use self::flags::{GateFlags, StoreFlags};
use self::mail::SmtpSecurity;
use crate::hint::Hint as _;

/// Every setting, filled in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) instance: Option<String>,
    pub(crate) database: PathBuf,
    pub(crate) key_file: PathBuf,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) catalog: Option<PathBuf>,
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<Url>,
    pub(crate) instance_external_url: Vec<String>,
    pub(crate) tls_cert: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) foreign_tokens: ForeignTokens,
    pub(crate) public_reads: bool,
    pub(crate) enforced_groups: Vec<u64>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) bypass_header: Option<String>,
    pub(crate) default_lifetime_days: u32,
    pub(crate) max_lifetime_days: u32,
    pub(crate) rotated_lifetime_days: u32,
    pub(crate) max_staleness_ms: u64,
    pub(crate) connect_timeout_s: u64,
    pub(crate) response_timeout_s: u64,
    pub(crate) idle_timeout_s: u64,
    pub(crate) head_timeout_s: u64,
    pub(crate) drain_timeout_s: u64,
    pub(crate) graphql_document_bytes: usize,
    pub(crate) graphql_tokens: usize,
    pub(crate) graphql_depth: usize,
    pub(crate) graphql_aliases: usize,
    pub(crate) graphql_fields: usize,
    pub(crate) graphql_probes: usize,
    pub(crate) graphql_batch: usize,
    pub(crate) graphql_response_bytes: usize,
    pub(crate) graphql_schema_bytes: usize,
    pub(crate) lifecycle_interval_s: u64,
    pub(crate) smtp_host: Option<String>,
    pub(crate) smtp_port: Option<u16>,
    pub(crate) smtp_security: Option<SmtpSecurity>,
    pub(crate) smtp_user: Option<String>,
    #[serde(skip_serializing, default, deserialize_with = "mail::password_in_file")]
    pub(crate) smtp_password: Option<SecretString>,
    pub(crate) smtp_password_file: Option<PathBuf>,
    pub(crate) mail_from: Option<String>,
    pub(crate) mail_copy_to: Vec<String>,
}

/// What happens to credentials that Narrowgate did not issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ForeignTokens {
    /// They are refused.
    Refuse,
    /// They are forwarded as they came, for the instance to judge.
    Forward,
}

impl Default for Settings {
    fn default() -> Self {
        let graphql = Limits::default();
        Self {
            instance: None,
            database: "narrowgate.db".into(),
            key_file: "narrowgate.key".into(),
            ca_file: None,
            catalog: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            instance_external_url: Vec::new(),
            tls_cert: None,
            tls_key: None,
            metrics_listen: None,
            foreign_tokens: ForeignTokens::Refuse,
            public_reads: true,
            enforced_groups: Vec::new(),
            trusted_proxies: Vec::new(),
            bypass_header: None,
            default_lifetime_days: 365,
            max_lifetime_days: 400,
            rotated_lifetime_days: 7,
            max_staleness_ms: 1000,
            connect_timeout_s: 5,
            response_timeout_s: 60,
            idle_timeout_s: 60,
            head_timeout_s: 15,
            drain_timeout_s: 30,
            graphql_document_bytes: graphql.document_bytes,
            graphql_tokens: graphql.tokens,
            graphql_depth: graphql.depth,
            graphql_aliases: graphql.aliases,
            graphql_fields: graphql.fields,
            graphql_probes: graphql.probes,
            graphql_batch: graphql.batch,
            graphql_response_bytes: graphql.response_bytes,
            graphql_schema_bytes: SchemaLimits::default().bytes,
            lifecycle_interval_s: 5,
            smtp_host: None,
            smtp_port: None,
            smtp_security: None,
            smtp_user: None,
            smtp_password: None,
            smtp_password_file: None,
            mail_from: None,
            mail_copy_to: Vec::new(),
        }
    }
}

impl Settings {
    /// Merges defaults, the file that the flags name, the flags themselves, and the password in the environment.
    ///
    /// # Errors
    /// When the file is not there, or holds something else than settings.
    pub(crate) fn load(store: &StoreFlags, gate: &GateFlags) -> Result<Self> {
        let mut settings = Self::merge(store, gate)?;
        settings.take_password(mail::password_from_environment()?);
        Ok(settings)
    }

    fn merge(store: &StoreFlags, gate: &GateFlags) -> Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = &store.config {
            figment = figment.merge(SettingsFile::read(file)?);
        }
        let figment = figment.merge(Serialized::defaults(store)).merge(Serialized::defaults(gate));
        figment
            .extract()
            .context("cannot read the settings")
            .hint("`narrowgate serve --help` names every setting; in a file, write `_` for `-`")
    }

    /// The instance that was named.
    ///
    /// # Errors
    /// When none was, or it is not the URL of an instance.
    pub(crate) fn instance(&self) -> Result<InstanceUrl> {
        let text = self
            .instance
            .as_ref()
            .ok_or_else(|| anyhow!("no instance is named"))
            .hint("give `--instance https://gitlab.example.com`, or set NARROWGATE_INSTANCE")?;
        instance_url(text)
    }

    /// Further URLs of the instance.
    ///
    /// # Errors
    /// When one is not the URL of an instance.
    pub(crate) fn external_urls(&self) -> Result<Vec<InstanceUrl>> {
        self.instance_external_url.iter().map(|text| instance_url(text)).collect()
    }
}

fn instance_url(text: &str) -> Result<InstanceUrl> {
    InstanceUrl::parse(text)
        .with_context(|| format!("`{text}` is not the URL of an instance"))
        .hint("give scheme and host, such as `https://gitlab.example.com`")
}

/// A number of seconds.
pub(crate) const fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

#[cfg(test)]
mod tests;
