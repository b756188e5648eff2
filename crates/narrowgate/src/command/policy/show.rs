//! `narrowgate policy show`.

use std::io::{Write as _, stdout};

use anyhow::Result;
use clap::Args;
use narrowgate_store::TenantId;
use serde_json::json;

use super::scope::{ScopeFlags, name};
use crate::database;
use crate::outcome::Outcome;
use crate::settings::{GateFlags, Settings, StoreFlags};

/// Show every policy as JSON lines, or with `--effective` the strictest of those that hold in one place.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// What holds in one place: for all tokens, on an instance, or in a top-level group.
    #[arg(long)]
    effective: bool,
    #[command(flatten)]
    scope: ScopeFlags,
    #[command(flatten)]
    flags: StoreFlags,
}

impl Show {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let settings = Settings::load(&self.flags, &GateFlags::default())?;
        let store = database::open_existing(&settings).await?;
        let scope = self.scope.resolve(&settings)?;
        if self.effective {
            let policy = store.policies().effective(&scope).await?;
            writeln!(stdout(), "{}", serde_json::to_string(&policy)?)?;
            return Ok(Outcome::Done);
        }
        let all = store.policies().list(TenantId::DEFAULT).await?;
        // A narrower scope that is named shows what lies in it.
        for stored in all.iter().filter(|stored| scope.contains(&stored.scope)) {
            let line = json!({
                "scope": name(&stored.scope),
                "policy": stored.policy,
                "updated_at": stored.updated_at,
            });
            writeln!(stdout(), "{line}")?;
        }
        Ok(Outcome::Done)
    }
}
