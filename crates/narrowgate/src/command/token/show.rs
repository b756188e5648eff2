//! `narrowgate token show`.

use std::io::{BufWriter, Write as _, stdout};

use anyhow::Result;
use clap::Args;
use narrowgate_api::authority::show;
use narrowgate_store::TokenId;
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::Token;

use super::view::{privileges, state, to_json};
use crate::cli::Format;
use crate::control::{Control, OPERATOR};
use crate::hint::Hint as _;
use crate::outcome::Outcome;
use crate::settings::StoreFlags;

/// Show one token; never its text, which nobody has.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The token's id, as `token list` shows it.
    id: i64,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    flags: StoreFlags,
}

/// What to do about an id that is no token's.
pub(super) const NO_SUCH_TOKEN: &str = "`narrowgate token list` shows every token with its id";

impl Show {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let control = Control::open(&self.flags).await?;
        let token = show(&control.state, OPERATOR, TokenId(self.id)).await.hint(NO_SUCH_TOKEN)?;
        let now = control.store.now();
        match self.format {
            Format::Json => writeln!(stdout(), "{:#}", to_json(&token, now))?,
            Format::Text => print(&token, now)?,
        }
        Ok(Outcome::Done)
    }
}

fn print(token: &Token, now: Timestamp) -> Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    let never = || "never".to_owned();
    let ips: Vec<String> = token.last_used_ips.iter().map(ToString::to_string).collect();
    writeln!(out, "token        {}", token.id)?;
    writeln!(out, "name         {}", token.name)?;
    writeln!(out, "description  {}", token.description.as_deref().unwrap_or_default())?;
    writeln!(out, "user         {}", token.user_id)?;
    writeln!(out, "state        {}", state(token, now))?;
    writeln!(out, "created      {}", token.created_at)?;
    writeln!(out, "expires      {}", token.expires_at.map_or_else(never, |date| date.to_string()))?;
    writeln!(out, "last used    {}", token.last_used_at.map_or_else(never, |at| at.to_string()))?;
    writeln!(out, "used from    {}", ips.join(", "))?;
    for line in privileges(token) {
        writeln!(out, "may          {line}")?;
    }
    Ok(out.flush()?)
}
