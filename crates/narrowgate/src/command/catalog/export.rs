//! `narrowgate catalog export`.

use std::io::{Write as _, stdout};

use anyhow::Result;
use clap::Args;

use crate::catalog_files::CatalogArgs;
use crate::outcome::Outcome;

/// Print the whole catalogue as JSON: permissions, operations with their needs, look-ups, and GraphQL.
#[derive(Args, Debug)]
pub(crate) struct Export {
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Export {
    pub(crate) fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.load()?;
        writeln!(stdout(), "{}", serde_json::to_string_pretty(&catalog.export())?)?;
        Ok(Outcome::Done)
    }
}
