//! `narrowgate token revoke`.

use anyhow::{Context as _, Result};
use clap::Args;
use narrowgate_api::authority::revoke;
use narrowgate_store::TokenId;

use super::show::NO_SUCH_TOKEN;
use crate::control::{Control, OPERATOR};
use crate::hint::Hint as _;
use crate::outcome::Outcome;
use crate::settings::StoreFlags;

/// Revoke a token. Running gates refuse it within a second.
#[derive(Args, Debug)]
pub(crate) struct Revoke {
    /// The token's id, as `token list` shows it.
    id: i64,
    #[command(flatten)]
    flags: StoreFlags,
}

impl Revoke {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let control = Control::open(&self.flags).await?;
        let token = revoke(&control.state, OPERATOR, TokenId(self.id))
            .await
            .context("cannot revoke the token")
            .hint(NO_SUCH_TOKEN)?;
        eprintln!("token {} `{}` of user {} is revoked", token.id, token.name, token.user_id);
        Ok(Outcome::Done)
    }
}
