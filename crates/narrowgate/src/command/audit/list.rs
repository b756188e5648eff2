//! `narrowgate audit list`.

use std::io::{BufWriter, Write as _, stdout};

use anyhow::Result;
use clap::Args;
use narrowgate_store::audit::AuditFilter;
use narrowgate_store::time::Timestamp;
use narrowgate_store::{Page, TenantId, TokenId};

use super::view::{to_json, to_line};
use crate::cli::Format;
use crate::database;
use crate::outcome::Outcome;
use crate::settings::{GateFlags, Settings, StoreFlags};

/// List events, newest first: id, time, action, actor, user id, token id, address, details.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// Only events of this token.
    #[arg(long, value_name = "ID")]
    token: Option<i64>,
    /// Only events of this kind, such as `token.revoked`.
    #[arg(long, value_name = "NAME")]
    action: Option<String>,
    /// Only events by this GitLab user.
    #[arg(long, value_name = "ID")]
    user_id: Option<u64>,
    /// Only events from then on: a date, or a time such as `2026-06-24T22:56:00Z`.
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    after: Option<Timestamp>,
    /// Only events until then.
    #[arg(long, value_name = "TIME", value_parser = Timestamp::parse)]
    before: Option<Timestamp>,
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    /// How the list is printed; as JSON, one object a line.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    flags: StoreFlags,
}

impl List {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let settings = Settings::load(&self.flags, &GateFlags::default())?;
        let store = database::open_existing(&settings).await?;
        let filter = AuditFilter {
            tenant: TenantId::DEFAULT,
            token: self.token.map(TokenId),
            action: self.action,
            after: self.after,
            before: self.before,
            user_id: self.user_id,
        };
        let found = store.audit().list(&filter, Page { offset: 0, limit: self.limit }).await?;
        let mut out = BufWriter::new(stdout().lock());
        for recorded in &found.items {
            match self.format {
                Format::Text => writeln!(out, "{}", to_line(recorded))?,
                Format::Json => writeln!(out, "{}", to_json(recorded))?,
            }
        }
        out.flush()?;
        Ok(Outcome::Done)
    }
}
