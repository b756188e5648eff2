//! `narrowgate token list`.

use std::io::{BufWriter, Write as _, stdout};

use anyhow::Result;
use clap::{Args, ValueEnum};
use narrowgate_api::authority::{TokenQuery, list};
use narrowgate_store::tokens::{Token, TokenFilter};
use narrowgate_store::{Page, TenantId};

use super::view::{privileges, state, to_json};
use crate::cli::Format;
use crate::control::{Control, OPERATOR};
use crate::outcome::Outcome;
use crate::settings::StoreFlags;

/// List tokens: id, name, user id, state, expiry, last use, privileges.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// Only tokens of this connected user.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Only tokens that work, or only the others.
    #[arg(long, value_enum)]
    state: Option<Wanted>,
    /// Only tokens with this in their name.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// How the list is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    flags: StoreFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Wanted {
    /// Neither revoked nor expired.
    Active,
    /// Revoked or expired.
    Inactive,
}

impl List {
    pub(crate) async fn run(self) -> Result<Outcome> {
        let control = Control::open(&self.flags).await?;
        let user = self.user.as_deref().map(|user| control.connection(Some(user))).transpose()?;
        let query = TokenQuery {
            user_id: user.map(|connection| connection.user_id),
            active: self.state.map(|wanted| wanted == Wanted::Active),
            filter: TokenFilter { search: self.search, ..TokenFilter::all(TenantId::DEFAULT) },
        };
        let found = list(&control.state, OPERATOR, &query, Page::ALL).await?;
        let now = control.store.now();
        let mut out = BufWriter::new(stdout().lock());
        match self.format {
            Format::Json => {
                let all: Vec<_> = found.items.iter().map(|token| to_json(token, now)).collect();
                writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
            }
            Format::Text => {
                for token in &found.items {
                    writeln!(out, "{}", line(token, state(token, now)))?;
                }
            }
        }
        out.flush()?;
        Ok(Outcome::Done)
    }
}

fn line(token: &Token, state: &str) -> String {
    let expires = token.expires_at.map_or_else(|| "never".to_owned(), |date| date.to_string());
    let used = token.last_used_at.map_or_else(|| "unused".to_owned(), |at| at.to_string());
    let columns = [
        token.id.to_string(),
        token.name.clone(),
        token.user_id.to_string(),
        state.to_owned(),
        expires,
        used,
    ];
    format!("{}\t{}", columns.join("\t"), privileges(token).join("; "))
}
