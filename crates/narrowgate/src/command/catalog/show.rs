//! `narrowgate catalog show read_job`, `narrowgate catalog show CiJob`.

use std::io::{BufWriter, Write as _, stdout};

use anyhow::{Result, anyhow};
use clap::Args;
use narrowgate_catalog::{Catalog, ExportedOperation, GraphqlKind, Permission};
use serde_json::{Value, json};

use super::show_graphql;
use super::table::{boundaries, guards};
use crate::catalog_files::{CatalogArgs, title};
use crate::cli::Format;
use crate::hint::Hint as _;
use crate::outcome::Outcome;

/// Show one permission and everything it guards, or what guards a name of the GraphQL schema.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// A permission, such as `read_job`; or a type, field or mutation: `CiJob`, `Query.runner`, `jobPlay`.
    name: String,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Show {
    pub(crate) fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.load()?;
        let name = &self.name;
        match (catalog.permission(name), show_graphql::find(catalog, name), self.format) {
            (Some(permission), _, Format::Text) => print_text(catalog, permission)?,
            (Some(permission), _, Format::Json) => print_json(&to_json(catalog, permission)?)?,
            (None, Some(named), Format::Text) => named.print()?,
            (None, Some(named), Format::Json) => print_json(&named.to_json())?,
            (None, None, _) => {
                return Err(anyhow!("there is no permission `{name}`"))
                    .hint("`narrowgate catalog search WORD` finds permissions by their words");
            }
        }
        Ok(Outcome::Done)
    }
}

fn print_text(catalog: &Catalog, permission: &Permission) -> Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    writeln!(out, "permission  {} ({})", permission.name, permission.display())?;
    writeln!(out, "category    {}", permission.category)?;
    writeln!(out, "about       {}", permission.about)?;
    writeln!(out, "boundaries  {}", boundaries(permission))?;
    writeln!(out, "role        {}", permission.role)?;
    for operation in catalog.operations().filter(|operation| guards(permission, operation)) {
        writeln!(out, "operation   {}", title(operation))?;
    }
    for (kind, name) in graphql(catalog, permission) {
        writeln!(out, "{kind:<12}{name}")?;
    }
    Ok(out.flush()?)
}

fn print_json(value: &Value) -> Result<()> {
    Ok(writeln!(stdout(), "{}", serde_json::to_string_pretty(value)?)?)
}

fn to_json(catalog: &Catalog, permission: &Permission) -> Result<Value> {
    let mut value = serde_json::to_value(permission)?;
    let name = permission.name.as_str();
    let needs_it = |operation: &ExportedOperation<'_>| {
        operation.needs.iter().any(|need| need.permissions.contains(&name))
    };
    let operations: Vec<_> = catalog.export().operations.into_iter().filter(needs_it).collect();
    let graphql: Vec<_> =
        graphql(catalog, permission).map(|(kind, name)| json!({"kind": kind, "name": name})).collect();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("operations".to_owned(), serde_json::to_value(operations)?);
        fields.insert("graphql".to_owned(), graphql.into());
    }
    Ok(value)
}

fn graphql<'c>(
    catalog: &'c Catalog,
    permission: &'c Permission,
) -> impl Iterator<Item = (&'static str, &'c str)> {
    let entries = catalog.graphql().filter(|entry| entry.permission_ids.contains(&permission.id));
    entries.map(|entry| (kind(entry.kind), entry.name.as_str()))
}

pub(super) fn kind(kind: GraphqlKind) -> &'static str {
    match kind {
        GraphqlKind::Type => "type",
        GraphqlKind::Field => "field",
        GraphqlKind::Mutation => "mutation",
    }
}
