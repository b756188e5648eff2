//! `narrowgate catalog check`.

use anyhow::Result;
use clap::Args;

use crate::catalog_files::CatalogArgs;
use crate::outcome::Outcome;

/// Read every file and name each mistake with its file and line.
#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Check {
    pub(crate) fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.load()?;
        eprintln!(
            "{} files, {} permissions, {} operations: no mistakes",
            catalog.sources(),
            catalog.permissions().len(),
            catalog.operations().len(),
        );
        Ok(Outcome::Done)
    }
}
