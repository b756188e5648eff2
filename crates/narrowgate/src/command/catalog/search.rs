//! `narrowgate catalog search runner`.

use anyhow::Result;
use clap::Args;
use narrowgate_catalog::{Catalog, Permission};

use super::table::{guarded, print_permissions};
use crate::catalog_files::{CatalogArgs, title};
use crate::cli::Format;
use crate::outcome::Outcome;

/// Find permissions whose name, resource, category or endpoints hold all of the words.
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
        let words: Vec<String> = self.words.iter().map(|word| word.to_lowercase()).collect();
        let found: Vec<&Permission> =
            catalog.permissions().filter(|permission| holds(catalog, permission, &words)).collect();
        let outcome = if found.is_empty() { Outcome::Failed } else { Outcome::Done };
        print_permissions(found.into_iter(), self.format)?;
        if outcome == Outcome::Failed {
            eprintln!("nothing matches; `narrowgate catalog list` shows everything");
        }
        Ok(outcome)
    }
}

fn holds(catalog: &Catalog, permission: &Permission, words: &[String]) -> bool {
    let operations: Vec<String> = guarded(catalog, permission).map(title).collect();
    let text = format!(
        "{} {} {} {} {}",
        permission.name,
        permission.display(),
        permission.category,
        permission.about,
        operations.join(" ")
    )
    .to_lowercase();
    words.iter().all(|word| text.contains(word))
}
