//! How permissions and operations are printed.

use std::io::{BufWriter, Write as _, stdout};

use anyhow::Result;
use narrowgate_catalog::{Operation, Permission};

use crate::cli::Format;

/// Prints permissions: a tab-separated line each, or one JSON array.
pub(super) fn print_permissions<'c>(
    permissions: impl Iterator<Item = &'c Permission>,
    format: Format,
) -> Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    match format {
        Format::Text => {
            for permission in permissions {
                let (name, shown) = (&permission.name, permission.display());
                writeln!(out, "{name}\t{}\t{shown}\t{}", boundaries(permission), permission.category)?;
            }
        }
        Format::Json => {
            let all: Vec<&Permission> = permissions.collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&all)?)?;
        }
    }
    Ok(out.flush()?)
}

/// The boundary types of a permission, joined by `,`.
pub(super) fn boundaries(permission: &Permission) -> String {
    permission.boundaries.iter().map(|boundary| boundary.as_str()).collect::<Vec<_>>().join(",")
}

/// Whether an operation needs a permission.
pub(super) fn guards(permission: &Permission, operation: &Operation) -> bool {
    operation.needs().iter().any(|need| need.permissions.contains(permission.id))
}
