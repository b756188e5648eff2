//! `narrowgate connect`.

use std::io::{Write as _, stdout};

use anyhow::Result;
use clap::Args;
use narrowgate_store::connections::Connection;
use serde_json::json;

use crate::cli::Format;
use crate::connect::{check, client};
use crate::database;
use crate::outcome::Outcome;
use crate::runtime::block_on;
use crate::secrets::{keys, read_secret};
use crate::settings::{GateFlags, Settings, StoreFlags};

/// Connect a GitLab user: check its credential on the instance, seal it, and store it.
///
/// The credential is typed at a prompt or piped to stdin; it is never an argument and never shown again. Tokens of this
/// user act through it, and can do no more than it can: give it the scope `api`. Connecting a user again replaces the
/// credential.
#[derive(Args, Debug)]
pub(crate) struct Connect {
    /// How the connection is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    flags: StoreFlags,
}

impl Connect {
    pub(crate) fn run(self) -> Result<Outcome> {
        let settings = Settings::load(&self.flags, &GateFlags::default())?;
        let client = client(&settings)?;
        let instance = client.instance().as_str();
        let keys = keys(&settings)?;
        let credential = read_secret(&format!("GitLab access token for {instance}"))?;
        block_on(async {
            let checked = check(&client, &credential).await?;
            if let Some(warning) = checked.warning() {
                eprintln!("warning: {warning}");
            }
            let store = database::open(&settings).await?;
            let connection = checked.store(&store, &keys, instance, &credential).await?;
            print(&connection, self.format)?;
            Ok(Outcome::Done)
        })
    }
}

fn print(connection: &Connection, format: Format) -> Result<()> {
    let expires_at = connection.credential_expires_at.map(|at| at.date().to_string());
    let scopes = connection.credential_scopes.join(", ");
    let mut out = stdout().lock();
    match format {
        Format::Text => {
            writeln!(out, "connection  {}", connection.id)?;
            writeln!(out, "instance    {}", connection.instance_url)?;
            let role = if connection.administrator { ", administrator" } else { "" };
            writeln!(out, "user        {} (id {}{role})", connection.username, connection.user_id)?;
            writeln!(out, "scopes      {scopes}")?;
            writeln!(out, "expires     {}", expires_at.as_deref().unwrap_or("never"))?;
        }
        Format::Json => {
            let value = json!({
                "id": connection.id,
                "instance": connection.instance_url,
                "user": {"id": connection.user_id, "username": connection.username},
                "administrator": connection.administrator,
                "scopes": connection.credential_scopes,
                "expires_at": expires_at,
            });
            writeln!(out, "{value}")?;
        }
    }
    Ok(())
}
