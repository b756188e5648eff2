//! What is logged, and how; always to stderr.

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::hint::Hint as _;

/// What is logged, and how.
#[derive(Args, Debug)]
#[command(next_help_heading = "Logging")]
pub(crate) struct LoggingArgs {
    /// What to log: a level (`error`, `warn`, `info`, `debug`, `trace`), or levels by target such as
    /// `warn,narrowgate::access=info`.
    #[arg(long, global = true, env = "NARROWGATE_LOG", value_name = "FILTER", default_value = "info")]
    log: String,
    /// How log lines look.
    #[arg(long, global = true, env = "NARROWGATE_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LoggingArgs {
    /// Starts logging for this process.
    pub(crate) fn start(&self) -> Result<()> {
        let filter = EnvFilter::try_new(&self.log)
            .with_context(|| format!("cannot read the log filter `{}`", self.log))
            .hint("give a level such as `debug`, or targets such as `info,narrowgate::access=warn`")?;
        let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
        match self.log_format {
            LogFormat::Text => builder.init(),
            LogFormat::Json => builder.json().flatten_event(true).init(),
        }
        Ok(())
    }
}
