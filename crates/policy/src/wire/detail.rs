//! Narrowgate's own detail beside GitLab's body.

use narrowgate_catalog::{BoundaryType, Catalog, Role};
use serde::Serialize;

use crate::{Denial, Reason};

/// The value of the key `narrowgate`.
#[derive(Debug, Serialize)]
pub(super) struct Detail<'a> {
    pub(super) reason: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    permissions: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    boundary: Option<Boundary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_held: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_needed: Option<Role>,
    pub(super) request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hint: Option<String>,
}

#[derive(Debug, Serialize)]
struct Boundary {
    r#type: BoundaryType,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
}

impl<'a> Detail<'a> {
    pub(super) fn of(denial: &Denial, catalog: &'a Catalog, request_id: &'a str) -> Self {
        let bare = Self {
            reason: denial.reason.as_str(),
            permissions: Vec::new(),
            boundary: None,
            role_held: None,
            role_needed: None,
            request_id,
            hint: None,
        };
        // Of what can't be found nothing is told, not even what would have been needed there. A project that has not
        // named the job's among its own is not to be found either.
        if matches!(denial.reason, Reason::NotFound | Reason::NotAllowlisted) {
            return Self { reason: Reason::NotFound.as_str(), ..bare };
        }
        let id = denial.place.map(|(_, id)| id);
        let role_needed = role_needed(denial, catalog);
        Self {
            permissions: denial.missing.iter().map(|id| catalog.describe(*id).name.as_str()).collect(),
            boundary: denial.boundary.map(|boundary| Boundary { r#type: boundary, id }),
            role_held: denial.role_held,
            role_needed,
            hint: Some(hint(denial, catalog, role_needed)),
            ..bare
        }
    }
}

/// The role that the missing permissions need besides the grant.
fn role_needed(denial: &Denial, catalog: &Catalog) -> Option<Role> {
    let of_permissions = || denial.missing.iter().map(|id| catalog.describe(*id).role).max();
    let on_a_container = matches!(denial.boundary, Some(BoundaryType::Project | BoundaryType::Group));
    let on_a_container = on_a_container && !denial.administrator;
    denial
        .role_needed
        .or_else(|| if on_a_container { of_permissions() } else { None })
        .filter(|role| *role > Role::NoAccess)
}

/// What to do next.
fn hint(denial: &Denial, catalog: &Catalog, role_needed: Option<Role>) -> String {
    let hint = match denial.reason {
        Reason::NoCredential => {
            "Send a token: `PRIVATE-TOKEN`, `Authorization: Bearer`, or the password of Basic."
        }
        Reason::TwoCredentials => "Send one credential.",
        Reason::Malformed => "Check that the token was copied whole.",
        Reason::Unknown => "Check that the token was made here and not deleted.",
        Reason::Expired | Reason::Revoked => "Create a new token.",
        Reason::OwnerBlocked => "Ask an administrator of the instance.",
        Reason::AddressNotAllowed => "Use the token from an address that it allows.",
        Reason::NotCovered => "Ask the operator to add the operation to the catalogue.",
        Reason::KindNotAccepted => "Use a legacy token for this operation.",
        Reason::Ambiguous => "Send the plainest form of the request.",
        Reason::OtherCredentialRequired => "Send the credential that this endpoint is made for.",
        Reason::RoleTooLow => "Ask for the role; no token lifts it.",
        Reason::NotFound | Reason::NotAllowlisted => "",
        Reason::NotYetValid => "Use the token from its first day on.",
        Reason::RefNotAllowed => "Push to a ref that the token allows, or use another token.",
        Reason::NotOpenToJobs => "Use another kind of token for this operation.",
        Reason::PolicyMissing => "Have the project's allowlist give the job's project the permission.",
        Reason::SudoNotAllowed => "Use a token that may act as another user.",
        Reason::ImpersonationDisabled => "Use the user's own token.",
        Reason::FineGrainedDisabled => "Use a legacy token.",
        Reason::ScopeMissing => return format!("Use a token with one of the scopes: {}.", scopes(denial)),
        Reason::PermissionMissing | Reason::OutsideBoundary | Reason::FineGrainedRequired => {
            return grant_hint(denial, catalog, role_needed);
        }
    };
    hint.to_owned()
}

fn scopes(denial: &Denial) -> String {
    denial.scopes.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(", ")
}

fn grant_hint(denial: &Denial, catalog: &Catalog, role_needed: Option<Role>) -> String {
    let names: Vec<String> =
        denial.missing.iter().map(|id| format!("`{}`", catalog.describe(*id).name)).collect();
    let place = match (denial.place, denial.boundary) {
        (Some((boundary, id)), _) => format!("{boundary} {id}"),
        (None, Some(boundary)) => format!("the {boundary}"),
        (None, None) => "it".to_owned(),
    };
    let grant = format!("Use a fine-grained token that grants {} on {place}.", names.join(", "));
    match role_needed {
        Some(role) if denial.role_held.is_none_or(|held| held < role) => {
            format!("{grant} The owner needs the role {role} there too.")
        }
        _ => grant,
    }
}
