//! `narrowgate catalog`.

mod check;
mod export;
mod list;
mod search;
mod show;
mod show_graphql;
mod table;

use anyhow::Result;
use clap::Subcommand;

use crate::outcome::Outcome;

/// List, search, show, check and export the catalogue.
#[derive(Debug, Subcommand)]
pub(crate) enum Catalog {
    /// List every permission.
    List(list::List),
    /// Find permissions and operations by words.
    Search(search::Search),
    /// Show one permission and everything it guards, or what guards a name of the GraphQL schema.
    Show(show::Show),
    /// Read every file and name each mistake with its file and line.
    Check(check::Check),
    /// Print the whole catalogue as JSON.
    Export(export::Export),
}

impl Catalog {
    pub(crate) fn run(self) -> Result<Outcome> {
        match self {
            Self::List(list) => list.run(),
            Self::Search(search) => search.run(),
            Self::Show(show) => show.run(),
            Self::Check(check) => check.run(),
            Self::Export(export) => export.run(),
        }
    }
}
