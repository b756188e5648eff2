//! `narrowgate catalog list`.

use anyhow::Result;
use clap::Args;
use narrowgate_catalog::Permission;

use super::table::print_permissions;
use crate::catalog_files::CatalogArgs;
use crate::cli::Format;
use crate::outcome::Outcome;

/// List every permission: name, boundary types, GitLab's display form, category.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// Only permissions of this category, such as `CI/CD`.
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
    /// Only permissions that can be granted on this kind of boundary.
    #[arg(long, value_name = "TYPE", value_parser = ["project", "group", "user", "instance"])]
    boundary: Option<String>,
    /// How the list is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    catalog: CatalogArgs,
}

impl List {
    pub(crate) fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.load()?;
        print_permissions(catalog.permissions().filter(|permission| self.wants(permission)), self.format)?;
        Ok(Outcome::Done)
    }

    fn wants(&self, permission: &Permission) -> bool {
        let category = self.category.as_ref();
        let boundary = self.boundary.as_ref();
        category.is_none_or(|category| category.eq_ignore_ascii_case(&permission.category))
            && boundary
                .is_none_or(|boundary| permission.boundaries.iter().any(|found| found.as_str() == boundary))
    }
}
