//! `narrowgate needs 'GET /projects/1/issues'`, `narrowgate needs --graphql query.graphql`.

mod document;

use std::io::{BufRead as _, BufWriter, Write as _, stdin, stdout};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use narrowgate_catalog::{Catalog, Needs as CatalogNeeds};

use self::document::SchemaArgs;
use crate::catalog_files;
use crate::cli::Format;
use crate::document::DocumentArgs;
use crate::outcome::Outcome;
use crate::request_line;
use crate::settings::{GateFlags, Settings, StoreFlags};

/// Say which permissions and boundary an operation needs, or the parts of a GraphQL document.
///
/// Prints one line for each operation, its columns separated by tabs: method, path, permissions joined by `,`, boundary
/// types joined by `,`, matched template. The permission column holds `public` where no permission is needed,
/// `unavailable` where the endpoint takes another kind of credential, and `uncovered` where no catalogue file names
/// the operation, so that the gate refuses it. The exit code is 1 if any is uncovered.
///
/// Of a GraphQL document it prints one line for each type, field and mutation that needs anything: what it is, its name,
/// permissions joined by `,`, boundary types joined by `,`, the keys that lead to where it first stands, line and column.
/// Alternatives are separated by `|`. The permission column holds `unclassified` where nothing admits it; the exit
/// code is 1 then. Lines that begin with `grant` follow: the fewest permissions for all of it, by access.
#[derive(Args, Debug)]
pub(crate) struct Needs {
    /// The operation, such as `GET /projects/1/issues`, or `-` to read one a line from stdin. `/api/v4` may be left out.
    #[arg(
        value_name = "METHOD PATH",
        required_unless_present = "graphql",
        conflicts_with_all = ["graphql", "variables", "operation_name", "schema", "user"],
    )]
    request: Option<String>,
    /// How the answer is printed; JSON is one object a line.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    document: DocumentArgs,
    #[command(flatten)]
    schema: SchemaArgs,
    #[command(flatten)]
    flags: StoreFlags,
}

impl Needs {
    pub(crate) fn run(self) -> Result<Outcome> {
        let settings = Settings::load(&self.flags, &GateFlags::default())?;
        let catalog = catalog_files::load(settings.catalog.as_deref())?;
        match (self.document.read()?, &self.request) {
            (Some(document), _) => self.schema.print(&document, catalog, &settings, &self.flags, self.format),
            (None, Some(request)) => self.requests(catalog, request),
            (None, None) => Err(anyhow!("there is nothing to ask about")),
        }
    }

    fn requests(&self, catalog: &Catalog, request: &str) -> Result<Outcome> {
        let mut out = BufWriter::new(stdout().lock());
        let mut outcome = Outcome::Done;
        let mut print = |line: &str| -> Result<()> {
            let (method, path) = request_line::split(line)?;
            let needs = catalog.needs(method, path);
            if !needs.is_covered() {
                outcome = Outcome::Failed;
            }
            match self.format {
                Format::Text => writeln!(out, "{}", columns(&needs))?,
                Format::Json => writeln!(out, "{}", serde_json::to_string(&needs)?)?,
            }
            Ok(())
        };
        if request == "-" {
            for (number, line) in stdin().lock().lines().enumerate() {
                let line = line.context("cannot read stdin")?;
                if !line.trim().is_empty() {
                    print(&line).with_context(|| format!("line {} of stdin", number + 1))?;
                }
            }
        } else {
            print(request)?;
        }
        out.flush()?;
        Ok(outcome)
    }
}

/// Method, path, permissions, boundary types and template, separated by tabs.
fn columns(needs: &CatalogNeeds) -> String {
    let template = needs.template.clone().unwrap_or_default();
    let (permissions, boundaries) = (needs.permission_column(), needs.boundary_column());
    [needs.method.clone(), needs.path.clone(), permissions, boundaries, template].join("\t")
}
