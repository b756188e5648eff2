//! The subcommands, one file each.

mod catalog;
mod completions;
mod connect;
mod man;
mod needs;
mod reference;
mod sandbox;

use anyhow::Result;
use clap::Subcommand;

use crate::outcome::Outcome;

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Connect a GitLab user: check its credential, seal it, and store it.
    Connect(connect::Connect),
    /// Say which permissions and boundary an operation needs.
    Needs(needs::Needs),
    /// List, search, show, check and export the catalogue.
    #[command(subcommand)]
    Catalog(catalog::Catalog),
    /// Run a small GitLab-compatible forge, for trying Narrowgate.
    Sandbox(sandbox::Sandbox),
    /// Print a completion script for a shell.
    Completions(completions::Completions),
    /// Print the manual page, or write one for every subcommand.
    Man(man::Man),
    /// Write the generated parts of the documentation.
    #[command(hide = true)]
    Reference(reference::Reference),
}

impl Command {
    /// Runs the subcommand.
    pub(crate) fn run(self) -> Result<Outcome> {
        match self {
            Self::Connect(connect) => connect.run(),
            Self::Needs(needs) => needs.run(),
            Self::Catalog(catalog) => catalog.run(),
            Self::Sandbox(sandbox) => sandbox.run(),
            Self::Completions(completions) => completions.run(),
            Self::Man(man) => man.run(),
            Self::Reference(reference) => reference.run(),
        }
    }
}
