//! `narrowgate token rotate`.

use anyhow::{Context as _, Result};
use clap::Args;
use narrowgate_api::authority::rotate;
use narrowgate_store::TokenId;
use narrowgate_store::time::Date;

use super::show::NO_SUCH_TOKEN;
use super::view::print_created;
use crate::cli::Format;
use crate::control::{Control, OPERATOR};
use crate::hint::Hint as _;
use crate::outcome::Outcome;
use crate::settings::StoreFlags;

/// Revoke a token and create its successor with the same privileges; print that this one time.
#[derive(Args, Debug)]
pub(crate) struct Rotate {
    /// The token's id, as `token list` shows it.
    id: i64,
    /// The first day on which the successor no longer works, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Date::parse)]
    expires_at: Option<Date>,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    flags: StoreFlags,
}

impl Rotate {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let control = Control::open(&self.flags).await?;
        let created = rotate(&control.state, OPERATOR, TokenId(self.id), self.expires_at.into())
            .await
            .context("cannot rotate the token")
            .hint(NO_SUCH_TOKEN)?;
        print_created(&created, control.store.now(), self.format)?;
        Ok(Outcome::Done)
    }
}
