//! `narrowgate needs --graphql query.graphql`.

use std::io::{BufWriter, Write as _, stdout};

use anyhow::{Context as _, Result};
use clap::Args;
use narrowgate_api::own::needs::{DocumentNeedsView, LeastGrantView, NeededView, WayView};
use narrowgate_catalog::Catalog;
use narrowgate_gate::ExplainError;
use narrowgate_graphql::guard::Guards;
use narrowgate_graphql::needs::{self, Needed};
use narrowgate_graphql::plan::{Guarded, PlanError, Variables, plan};

use crate::cli::Format;
use crate::control::Opened;
use crate::document::{Document, complain};
use crate::node::{configure, gate};
use crate::outcome::Outcome;
use crate::runtime::block_on;
use crate::schema_source::SchemaSource;
use crate::settings::{Settings, StoreFlags};

/// What fails if the document is wrong.
const WHAT: &str = "cannot tell what the document needs";

/// The schema that the document is held against.
#[derive(Args, Debug)]
#[command(next_help_heading = "GraphQL")]
pub(super) struct SchemaArgs {
    /// The schema, in the place of that of a connection: an instance's URL, or a file with the answer to an introspection.
    #[arg(long, value_name = "FILE|URL", requires = "graphql")]
    schema: Option<SchemaSource>,
    /// The connected GitLab user whose schema is meant; the only one by default.
    #[arg(long, value_name = "NAME", requires = "graphql", conflicts_with = "schema")]
    user: Option<String>,
}

impl SchemaArgs {
    /// Prints what the document takes.
    pub(super) fn print(
        &self,
        document: &Document,
        catalog: &Catalog,
        settings: &Settings,
        flags: &StoreFlags,
        format: Format,
    ) -> Result<Outcome> {
        let needed = match &self.schema {
            Some(source) => offline(source, document, catalog, settings)?,
            None => block_on(self.of_connection(document, flags))?,
        };
        let view = DocumentNeedsView::new(catalog, &needed);
        let mut out = BufWriter::new(stdout().lock());
        match format {
            Format::Text => {
                view.parts.iter().try_for_each(|part| writeln!(out, "{}", columns(part)))?;
                view.granular_scopes
                    .iter()
                    .try_for_each(|grant| writeln!(out, "{}", grant_columns(grant)))?;
            }
            Format::Json => writeln!(out, "{}", serde_json::to_string(&view)?)?,
        }
        out.flush()?;
        Ok(if needed.iter().all(Needed::is_classified) { Outcome::Done } else { Outcome::Failed })
    }

    async fn of_connection(&self, document: &Document, flags: &StoreFlags) -> Result<Vec<Needed>> {
        let opened = Opened::open(flags).await?;
        let connection = opened.connection(self.user.as_deref())?.id;
        let Opened { settings, store, keys, .. } = opened;
        let gate = gate(configure(&settings)?, &settings, store, keys)?;
        match gate.graphql_needs(connection, document.as_asked()).await {
            Err(ExplainError::Document(problem)) => Err(complain(WHAT, &problem)),
            needed => needed.context(WHAT),
        }
    }
}

fn offline(
    source: &SchemaSource,
    document: &Document,
    catalog: &Catalog,
    settings: &Settings,
) -> Result<Vec<Needed>> {
    let schema = source.read()?;
    let guards = Guards::compile(&schema, catalog);
    let guarded = Guarded { schema: &schema, guards: &guards };
    let limits = settings.graphql()?.limits;
    let needed = || -> Result<_, PlanError> {
        let variables = Variables::parse(document.variables.as_deref())?;
        let name = document.operation_name.as_deref();
        let plan = plan(&guarded, &document.query, name, &variables, &limits)?;
        Ok(needs::of(&plan, &variables))
    };
    needed().map_err(|problem| complain(WHAT, &problem))
}

/// What, its name, permissions, boundary types, where it stands, line and column.
fn columns(part: &NeededView) -> String {
    let joined = |list: &dyn Fn(&WayView) -> String| part.any.iter().map(list).collect::<Vec<_>>().join("|");
    let mut permissions = joined(&|way| way.permissions.join(","));
    if part.any.is_empty() {
        permissions = "unclassified".to_owned();
    }
    let boundaries = joined(&|way| way.boundaries.join(","));
    let position = format!("{}:{}", part.line, part.column);
    [part.kind, &part.name, &permissions, &boundaries, &part.path, &position].join("\t")
}

fn grant_columns(grant: &LeastGrantView) -> String {
    ["grant", grant.access, &grant.permissions.join(",")].join("\t")
}
