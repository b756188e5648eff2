//! `narrowgate sandbox`.

use std::io::{Write as _, stdout};
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use narrowgate_sandbox::{GraphqlSchema, RunningSandbox, Sandbox as Forge, SandboxConfig};
use secrecy::ExposeSecret as _;

use crate::hint::Hint as _;
use crate::outcome::Outcome;
use crate::runtime::block_on;
use crate::shutdown::Shutdown;

/// Run a small GitLab-compatible forge, for trying Narrowgate; never for production.
///
/// Everything is in memory and in a temporary folder, and gone when it stops. Prints its URL, then each user with a
/// GitLab token of scope `api`.
#[derive(Args, Debug)]
pub(crate) struct Sandbox {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,

    /// Serve GraphQL with generated data for the schema of this file, the result of an introspection query. The world
    /// then has the group `globex` with project `globex/lab` as well.
    #[arg(long, value_name = "FILE")]
    graphql_schema: Option<PathBuf>,
}

impl Sandbox {
    pub(crate) fn run(self) -> Result<Outcome> {
        block_on(async {
            let shutdown = Shutdown::listen()?;
            let graphql_schema = self.graphql_schema.as_deref().map(GraphqlSchema::read).transpose()?;
            let config = SandboxConfig { bind: self.listen, graphql_schema, ..SandboxConfig::default() };
            let forge =
                Forge::start(config).await.hint("take another address with `--listen 127.0.0.1:0`")?;
            print_users(&forge)?;
            shutdown.requested().await;
            forge.stop().await;
            Ok(Outcome::Done)
        })
    }
}

fn print_users(forge: &RunningSandbox) -> Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "sandbox listens on {}", forge.base_url())?;
    for user in forge.users() {
        if let Some(token) = forge.native_token(&user) {
            writeln!(out, "{user}\t{}", token.expose_secret())?;
        }
    }
    Ok(out.flush()?)
}
