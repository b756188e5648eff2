//! `narrowgate catalog search runner`.

use anyhow::Result;
use clap::Args;
use narrowgate_catalog::Permission;

use super::table::{guards, print_permissions};
use crate::catalog_files::CatalogArgs;
use crate::cli::Format;
use crate::outcome::Outcome;

/// Find permissions by words that all occur in what they are called, or in one operation that they guard.
#[derive(Args, Debug)]
pub(crate) struct Search {
    /// The words; case does not matter.
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,
    /// How the list is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Search {
    pub(crate) fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.load()?;
        let hits = catalog.search(&self.words.join(" "));
        let found = |permission: &&Permission| {
            let named = hits.permissions.iter().any(|hit| hit.id == permission.id);
            named || hits.operations.iter().any(|operation| guards(permission, operation))
        };
        let found: Vec<&Permission> = catalog.permissions().filter(found).collect();
        let outcome = if found.is_empty() { Outcome::Failed } else { Outcome::Done };
        print_permissions(found.into_iter(), self.format)?;
        if outcome == Outcome::Failed {
            eprintln!("nothing matches; `narrowgate catalog list` shows everything");
        }
        Ok(outcome)
    }
}
