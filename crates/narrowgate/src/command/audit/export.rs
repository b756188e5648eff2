//! `narrowgate audit export`.

use std::io::{BufWriter, Write as _, stdout};

use anyhow::Result;
use clap::Args;
use narrowgate_store::TenantId;

use super::view::to_json;
use crate::database;
use crate::outcome::Outcome;
use crate::settings::{GateFlags, Settings, StoreFlags};

/// How many events are held in memory at once.
const PIECE: u32 = 1000;

/// Export every event as JSON lines, oldest first.
///
/// To go on later, give the last line's `id` as `--since`.
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// Only events after the one of this id.
    #[arg(long, value_name = "ID", default_value_t = 0)]
    since: i64,
    #[command(flatten)]
    flags: StoreFlags,
}

impl Export {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let settings = Settings::load(&self.flags, &GateFlags::default())?;
        let store = database::open_existing(&settings).await?;
        let mut out = BufWriter::new(stdout());
        let mut last = self.since;
        loop {
            let events = store.audit().since(TenantId::DEFAULT, last, PIECE).await?;
            let Some(end) = events.last() else { break };
            last = end.id;
            for recorded in &events {
                writeln!(out, "{}", to_json(recorded))?;
            }
        }
        out.flush()?;
        Ok(Outcome::Done)
    }
}
