//! `narrowgate audit`.

mod export;
mod list;
mod verify;
mod view;

use anyhow::Result;
use clap::Subcommand;

use crate::outcome::Outcome;
use crate::runtime::block_on;

/// List, verify and export the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    List(list::List),
    Verify(verify::Verify),
    Export(export::Export),
}

impl Audit {
    pub(crate) fn run(self) -> Result<Outcome> {
        block_on(async {
            match self {
                Self::List(list) => list.run().await,
                Self::Verify(verify) => verify.run().await,
                Self::Export(export) => export.run().await,
            }
        })
    }
}
