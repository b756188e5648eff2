//! `narrowgate token create`.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use narrowgate_api::authority::{NewPersonalToken, create};
use narrowgate_store::time::Date;

use super::grants::GrantFlags;
use super::view::print_created;
use crate::cli::Format;
use crate::control::{Control, OPERATOR};
use crate::outcome::Outcome;
use crate::settings::StoreFlags;

/// Create a token of a connected user, and print it this one time.
///
/// The token stands alone on stdout. Example: `narrowgate token create --user maria --name triage --project acme/web
/// --permission read_work_item --permission download_code`
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// The connected GitLab user that the token acts as; the only one by default.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// The token's name.
    #[arg(long)]
    name: String,
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The first day on which it no longer works, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Date::parse)]
    expires_at: Option<Date>,
    #[command(flatten)]
    grants: GrantFlags,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    flags: StoreFlags,
}

impl Create {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let control = Control::open(&self.flags).await?;
        let owner = control.connection(self.user.as_deref())?;
        let privileges = self.grants.resolve(&control, owner).await?;
        let new = NewPersonalToken {
            description: self.description,
            expires_at: self.expires_at.into(),
            ..NewPersonalToken::new(Arc::new(owner.clone()), self.name, privileges)
        };
        let created = create(&control.state, OPERATOR, &new).await.context("cannot create the token")?;
        print_created(&created, control.store.now(), self.format)?;
        Ok(Outcome::Done)
    }
}
