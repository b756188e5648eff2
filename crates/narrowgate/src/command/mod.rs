//! The subcommands, one file each.

mod catalog;
mod completions;
mod man;
mod needs;
mod reference;

use anyhow::Result;
use clap::Subcommand;

use crate::outcome::Outcome;

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say which permissions and boundary an operation needs.
    Needs(needs::Needs),
    /// List, search, show, check and export the catalogue.
    #[command(subcommand)]
    Catalog(catalog::Catalog),
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
            Self::Needs(needs) => needs.run(),
            Self::Catalog(catalog) => catalog.run(),
            Self::Completions(completions) => completions.run(),
            Self::Man(man) => man.run(),
            Self::Reference(reference) => reference.run(),
        }
    }
}
