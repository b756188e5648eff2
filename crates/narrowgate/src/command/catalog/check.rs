//! `narrowgate catalog check`.

use std::io::{BufWriter, Write as _, stdout};

use anyhow::Result;
use clap::Args;
use narrowgate_graphql::Schema;
use narrowgate_graphql::guard::{Coverage, Guards};

use crate::catalog_files::CatalogArgs;
use crate::outcome::Outcome;
use crate::schema_source::SchemaSource;

/// Read every file and name each mistake with its file and line.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Also list what an instance's GraphQL schema has that no file says anything of: the instance's URL, or a file with
    /// the answer to an introspection. The exit code is 2 if there is any.
    #[arg(long, value_name = "FILE|URL")]
    schema: Option<SchemaSource>,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Check {
    pub(crate) fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.load()?;
        eprintln!(
            "{} files, {} permissions, {} operations: no mistakes",
            catalog.sources(),
            catalog.permissions().len(),
            catalog.operations().len(),
        );
        let Some(source) = self.schema else { return Ok(Outcome::Done) };
        let schema = source.read()?;
        let guards = Guards::compile(&schema, catalog);
        let coverage = guards.coverage();
        print(coverage)?;
        eprintln!("{}", summary(&schema, coverage));
        Ok(if coverage.is_complete() { Outcome::Done } else { Outcome::Denied })
    }
}

/// A line for each name: what it is, the name, and whether the schema or the catalogue lacks it.
fn print(coverage: &Coverage) -> Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    let lists = [
        ("type", &coverage.types, "unclassified"),
        ("query", &coverage.queries, "unclassified"),
        ("mutation", &coverage.mutations, "unclassified"),
        ("entry", &coverage.absent, "not in this schema"),
    ];
    for (kind, names, state) in lists {
        for name in names {
            writeln!(out, "{kind}\t{name}\t{state}")?;
        }
    }
    Ok(out.flush()?)
}

fn summary(schema: &Schema, coverage: &Coverage) -> String {
    let types = schema.as_apollo().types.values().filter(|kind| kind.is_object()).count();
    if coverage.is_complete() {
        return format!("{types} object types, and every root field: all classified");
    }
    format!(
        "unclassified, hence withheld or refused: {} of {types} object types, {} queries, {} mutations",
        coverage.types.len(),
        coverage.queries.len(),
        coverage.mutations.len(),
    )
}
