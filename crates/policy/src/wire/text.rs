//! GitLab's sentences about fine-grained tokens.

use narrowgate_catalog::{BoundaryType, Catalog, JobPolicySet, PermissionId};

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

/// The sentence for instances that take no fine-grained tokens yet.
#[must_use]
pub fn fine_grained_disabled(class: TokenClass) -> String {
    format!("Access denied: Fine-grained {}s are not yet supported.", class.as_str())
}

/// What `git push` shows of a ref that the token may not touch.
#[must_use]
pub fn ref_not_allowed(name: Option<&str>) -> String {
    match name {
        Some(name) => format!("You are not allowed to push to {name} with this token."),
        None => "This token may push to some refs only, and this operation can write any.".to_owned(),
    }
}

/// GitLab's sentence for a job token whose project's allowlist entry lacks policies.
pub(super) fn policies_required(policies: JobPolicySet, place: Option<(BoundaryType, u64)>) -> String {
    let names: Vec<String> = policies.iter().map(|policy| policy.as_str().to_ascii_lowercase()).collect();
    let at = place.map(|(boundary, id)| format!(" in {boundary} {id}")).unwrap_or_default();
    let insufficient = format!("Insufficient permissions to access this resource{at}.");
    match names.as_slice() {
        [] => "This action is unauthorized for CI/CD job tokens.".to_owned(),
        [one] => format!("{insufficient} The following token permission is required: {one}."),
        [first, second] => {
            format!("{insufficient} The following token permissions are required: {first} and {second}.")
        }
        [several @ .., last] => format!(
            "{insufficient} The following token permissions are required: {}, and {last}.",
            several.join(", ")
        ),
    }
}
