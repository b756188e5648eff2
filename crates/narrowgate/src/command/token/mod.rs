//! `narrowgate token`.

mod create;
mod grants;
mod list;
mod revoke;
mod rotate;
mod show;
mod view;

use anyhow::Result;
use clap::Subcommand;

use crate::outcome::Outcome;
use crate::runtime::block_on;

/// Create, list, show, rotate and revoke tokens, straight in the store.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    Create(Box<create::Create>),
    List(list::List),
    Show(show::Show),
    Rotate(rotate::Rotate),
    Revoke(revoke::Revoke),
}

impl Token {
    pub(crate) fn run(self) -> Result<Outcome> {
        block_on(async {
            match self {
                Self::Create(create) => create.run().await,
                Self::List(list) => list.run().await,
                Self::Show(show) => show.run().await,
                Self::Rotate(rotate) => rotate.run().await,
                Self::Revoke(revoke) => revoke.run().await,
            }
        })
    }
}
