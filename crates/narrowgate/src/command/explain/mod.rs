//! `narrowgate explain 'DELETE /projects/acme%2Fweb/issues/3'`, `narrowgate explain --graphql query.graphql`.

mod text;

use std::fmt::Display;
use std::io::{Write as _, stdout};
use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use narrowgate_catalog::Catalog;
use narrowgate_gate::{ExplainError, Gate, Sender};
use narrowgate_secret::{PlainToken, Prefixes};
use secrecy::ExposeSecret as _;
use serde::Serialize;

use self::text::Shown;
use crate::catalog_files;
use crate::cli::Format;
use crate::control::Opened;
use crate::document::{Document, DocumentArgs, complain};
use crate::explanation;
use crate::hint::Hint as _;
use crate::node::{configure, gate};
use crate::outcome::Outcome;
use crate::request_line;
use crate::runtime::block_on;
use crate::secrets::token_from;
use crate::settings::StoreFlags;

/// Say what the gate would do with a request and why, step by step, and the smallest grant that would allow it.
///
/// Of a GraphQL document it says which root fields would be forwarded, which refused and why, and what is decided object
/// by object when the answer is there.
///
/// Nothing is forwarded; the instance is asked only where projects and groups are, for its schema, and for the user of
/// `--sudo`. The token comes from NARROWGATE_TOKEN or from stdin, never from an argument. The exit code is 2 if the
/// request, or a root field of the document, would be refused.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// The request, such as `DELETE /projects/acme%2Fweb/issues/3`. `/api/v4` may be left out.
    #[arg(
        value_name = "METHOD PATH",
        required_unless_present = "graphql",
        conflicts_with_all = ["graphql", "variables", "operation_name"],
    )]
    request: Option<String>,
    /// The user that the request acts as, by name or id: its header `Sudo`.
    #[arg(long, value_name = "USER")]
    sudo: Option<String>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    document: DocumentArgs,
    #[command(flatten)]
    flags: StoreFlags,
}

/// The token's variable.
const TOKEN: &str = "NARROWGATE_TOKEN";
/// Where the request would come from.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl Explain {
    pub(crate) fn run(self) -> Result<Outcome> {
        if self.document.takes_stdin() && std::env::var_os(TOKEN).is_none() {
            return Err(anyhow!("stdin can't hold both the document and the token"))
                .hint(format!("give the token in {TOKEN}, or the document as a file"));
        }
        let document = self.document.read()?;
        block_on(async {
            let Opened { settings, store, keys, .. } = Opened::open(&self.flags).await?;
            let token = token_from(TOKEN)?;
            let token = PlainToken::parse(token.expose_secret(), &Prefixes::default())
                .context("cannot read the token")
                .hint("give a token that Narrowgate made, in NARROWGATE_TOKEN or on stdin")?;
            let catalog = catalog_files::load(settings.catalog.as_deref())?;
            let gate = gate(configure(&settings)?, &settings, store, keys)?;
            let sender = Sender { token: &token.digest(), address: HERE, sudo: self.sudo.as_deref() };
            match (&document, &self.request) {
                (Some(document), _) => self.document(&gate, catalog, sender, document).await,
                (None, Some(request)) => self.request(&gate, catalog, sender, request).await,
                (None, None) => Err(anyhow!("there is nothing to explain")),
            }
        })
    }

    async fn request(
        &self,
        gate: &Gate,
        catalog: &Catalog,
        sender: Sender<'_>,
        request: &str,
    ) -> Result<Outcome> {
        let (method, path) = request_line::split(request)?;
        let target = request_line::target(path);
        let explained = gate.explain(sender, method, &target).await.context("cannot explain the request")?;
        let view = explanation::request(catalog, method, &target, &explained);
        self.print(&view)?;
        Ok(outcome(view.allowed))
    }

    async fn document(
        &self,
        gate: &Gate,
        catalog: &Catalog,
        sender: Sender<'_>,
        document: &Document,
    ) -> Result<Outcome> {
        let what = "cannot explain the document";
        let explained = match gate.explain_graphql(sender, document.as_asked()).await {
            Err(ExplainError::Document(problem)) => return Err(complain(what, &problem)),
            explained => explained.context(what)?,
        };
        let view = explanation::document(catalog, &explained);
        self.print(&view)?;
        Ok(outcome(view.allowed && view.fields.iter().all(|field| field.allowed)))
    }

    fn print<V: Serialize>(&self, view: &V) -> Result<()>
    where
        for<'v> Shown<'v, V>: Display,
    {
        match self.format {
            Format::Text => write!(stdout(), "{}", Shown(view))?,
            Format::Json => writeln!(stdout(), "{}", serde_json::to_string_pretty(view)?)?,
        }
        Ok(())
    }
}

const fn outcome(is_allowed: bool) -> Outcome {
    if is_allowed { Outcome::Done } else { Outcome::Denied }
}
