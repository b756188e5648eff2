//! `narrowgate catalog export`.

use std::io::{Write as _, stdout};

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::table::operation_json;
use crate::catalog_files::CatalogArgs;
use crate::outcome::Outcome;

/// Print the whole catalogue as JSON: permissions, and operations with their needs.
#[derive(Args, Debug)]
pub(crate) struct Export {
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Export {
    pub(crate) fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.load()?;
        let value = json!({
            "permissions": catalog.permissions().collect::<Vec<_>>(),
            "operations": catalog
                .operations()
                .map(|operation| operation_json(catalog, operation))
                .collect::<Vec<_>>(),
        });
        writeln!(stdout(), "{value:#}")?;
        Ok(Outcome::Done)
    }
}
