//! GitLab's sentences about fine-grained tokens.

use narrowgate_catalog::{BoundaryType, Catalog, PermissionId};

use crate::TokenClass;

/// The sentence for missing permissions: `… with the following project permissions: [Job: Read].`
#[must_use]
pub fn permissions_required(
    class: TokenClass,
    boundary: BoundaryType,
    permissions: &[PermissionId],
    catalog: &Catalog,
) -> String {
    let mut shown: Vec<String> =
        permissions.iter().map(|id| catalog.describe(*id).display().to_string()).collect();
    shown.sort_unstable();
    shown.dedup();
    format!(
        "Access denied: This operation requires a fine-grained {} with the following {boundary} permissions: [{}].",
        class.as_str(),
        shown.join(", ")
    )
}

/// The sentence for operations that no grant can open.
#[must_use]
pub fn fine_grained_unsupported(class: TokenClass) -> String {
    format!("Access denied: This operation doesn't support fine-grained {}s.", class.as_str())
}
