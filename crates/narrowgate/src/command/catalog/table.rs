//! How permissions and operations are printed.

use std::io::{BufWriter, Write as _, stdout};

use anyhow::Result;
use narrowgate_catalog::{BoundaryType, Catalog, Operation, Permission, Scope};
use serde_json::{Value, json};

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

/// The operations that need a permission.
pub(super) fn guarded<'c>(
    catalog: &'c Catalog,
    permission: &'c Permission,
) -> impl Iterator<Item = &'c Operation> {
    catalog
        .operations()
        .filter(|operation| operation.needs().iter().any(|need| need.permissions.contains(permission.id)))
}

/// An operation as JSON.
pub(super) fn operation_json(catalog: &Catalog, operation: &Operation) -> Value {
    let needs = operation.needs().iter().map(|need| {
        let permissions: Vec<_> = need.permission_ids.iter().map(|id| &catalog.describe(*id).name).collect();
        let boundaries: Vec<BoundaryType> = need.boundaries.iter().map(|place| place.boundary).collect();
        json!({"permissions": permissions, "boundaries": boundaries, "optional": need.optional})
    });
    json!({
        "surface": operation.surface,
        "method": operation.method,
        "template": operation.template,
        "needs": needs.collect::<Vec<_>>(),
        "scopes": operation.scopes.iter().map(Scope::as_str).collect::<Vec<_>>(),
        "public_read": operation.public_read,
    })
}
