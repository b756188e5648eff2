//! `narrowgate explain 'DELETE /projects/acme%2Fweb/issues/3'`.

mod answer;

use std::io::{Write as _, stdout};
use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Context as _, Result};
use clap::Args;
use narrowgate_secret::{PlainToken, Prefixes};
use secrecy::ExposeSecret as _;

use self::answer::Answer;
use crate::catalog_files;
use crate::cli::Format;
use crate::control::Opened;
use crate::hint::Hint as _;
use crate::node::{configure, gate};
use crate::outcome::Outcome;
use crate::request_line;
use crate::runtime::block_on;
use crate::secrets::token_from;
use crate::settings::StoreFlags;

/// Say what the gate would do with a request and why, step by step, and the smallest grant that would allow it.
///
/// Nothing is forwarded; the instance is asked only where the request's project or group is. The token comes from
/// NARROWGATE_TOKEN or from stdin, never from an argument. The exit code is 2 if the request would be refused.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// The request, such as `DELETE /projects/acme%2Fweb/issues/3`. `/api/v4` may be left out.
    #[arg(value_name = "METHOD PATH")]
    request: String,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    flags: StoreFlags,
}

/// The token's variable.
const TOKEN: &str = "NARROWGATE_TOKEN";
/// Where the request would come from.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl Explain {
    pub(crate) fn run(self) -> Result<Outcome> {
        let (method, path) = request_line::split(&self.request)?;
        let target = request_line::target(path);
        block_on(async {
            let Opened { settings, store, keys, .. } = Opened::open(&self.flags).await?;
            let token = token_from(TOKEN)?;
            let token = PlainToken::parse(token.expose_secret(), &Prefixes::default())
                .context("cannot read the token")
                .hint("give a token that Narrowgate made, in NARROWGATE_TOKEN or on stdin")?;
            let catalog = catalog_files::load(settings.catalog.as_deref())?;
            let gate = gate(configure(&settings)?, &settings, store, keys)?;
            let explanation =
                gate.explain(method, &target, &token, HERE).await.context("cannot explain the request")?;
            let answer = Answer::new(catalog, method, &target, &explanation);
            match self.format {
                Format::Text => write!(stdout(), "{answer}")?,
                Format::Json => writeln!(stdout(), "{}", serde_json::to_string_pretty(&answer)?)?,
            }
            Ok(if explanation.decision.is_allow() { Outcome::Done } else { Outcome::Denied })
        })
    }
}
