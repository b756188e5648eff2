//! The command line.

use anyhow::Result;
use clap::{Parser, ValueEnum};

use crate::command::Command;
use crate::logging::LoggingArgs;
use crate::outcome::Outcome;

/// Fine-grained access tokens for GitLab, enforced on every request.
///
/// Exit codes: 0 done, 1 failed, 2 denied. Data goes to stdout, everything else to stderr.
#[derive(Debug, Parser)]
#[command(name = "narrowgate", version, max_term_width = 110, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    logging: LoggingArgs,
    #[command(subcommand)]
    command: Command,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people and for `cut`.
    #[default]
    Text,
    /// For programs.
    Json,
}

impl Cli {
    /// Runs the command that was given.
    pub(crate) fn run(self) -> Result<Outcome> {
        self.logging.start()?;
        self.command.run()
    }
}
