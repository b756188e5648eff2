//! `narrowgate needs 'GET /projects/1/issues'`.

use std::io::{BufRead as _, BufWriter, Write as _, stdin, stdout};

use anyhow::{Context as _, Result};
use clap::Args;
use narrowgate_catalog::Needs as CatalogNeeds;

use crate::catalog_files::CatalogArgs;
use crate::cli::Format;
use crate::outcome::Outcome;
use crate::request_line;

/// Say which permissions and boundary an operation needs.
///
/// Prints one line for each operation, its columns separated by tabs: method, path, permissions joined by `,`, boundary
/// types joined by `,`, matched template. The permission column holds `public` where no permission is needed,
/// `unavailable` where the endpoint takes another kind of credential, and `uncovered` where no catalogue file names
/// the operation, so that the gate refuses it. The exit code is 1 if any is uncovered.
#[derive(Args, Debug)]
pub(crate) struct Needs {
    /// The operation, such as `GET /projects/1/issues`, or `-` to read one a line from stdin. `/api/v4` may be left out.
    #[arg(value_name = "METHOD PATH")]
    operation: String,
    /// How the answer is printed; JSON is one object a line.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl Needs {
    pub(crate) fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.load()?;
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
        if self.operation == "-" {
            for (number, line) in stdin().lock().lines().enumerate() {
                let line = line.context("cannot read stdin")?;
                if !line.trim().is_empty() {
                    print(&line).with_context(|| format!("line {} of stdin", number + 1))?;
                }
            }
        } else {
            print(&self.operation)?;
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
