//! `narrowgate policy`.

mod scope;
mod set;
mod show;

use anyhow::Result;
use clap::Subcommand;

use crate::outcome::Outcome;
use crate::runtime::block_on;

/// Show and set what tokens must keep to.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    Show(show::Show),
    Set(Box<set::Set>),
}

impl Policy {
    pub(crate) fn run(self) -> Result<Outcome> {
        block_on(async {
            match self {
                Self::Show(show) => show.run().await,
                Self::Set(set) => set.run().await,
            }
        })
    }
}
