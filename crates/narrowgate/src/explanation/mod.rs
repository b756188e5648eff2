//! From what the gate explains to what clients of the command line and of the API see.

mod document;
mod explainer;

use narrowgate_api::own::explain::{
    ExplainedNeedView, ExplainedPlaceView, ExplainedTokenView, ExplainedUserView, ExplanationView,
};
use narrowgate_catalog::{Catalog, Role};
use narrowgate_gate::{ExplainedNeed, ExplainedPlace, Explanation};
use narrowgate_policy::{Access, Basis, Decision, Grant, Suggestion};
use narrowgate_store::tokens::Token;
use serde_json::{Value, json};

use crate::catalog_files::title;

pub(crate) use document::document;
pub(crate) use explainer::GateExplainer;

/// The decision about a request, with each step.
pub(crate) fn request(
    catalog: &Catalog,
    method: &str,
    target: &str,
    explanation: &Explanation,
) -> ExplanationView {
    let (reason, because) = verdict(&explanation.decision, explanation.detail);
    let suggestion = explanation.suggestion.as_ref();
    ExplanationView {
        request: format!("{method} {target}"),
        operation: explanation.operation.map(title),
        token: explanation.token.as_deref().map(token),
        acting_as: explanation
            .acting_as
            .map(|user| ExplainedUserView { user_id: user.id, administrator: user.administrator }),
        needs: explanation.needs.iter().map(|found| need(catalog, found)).collect(),
        role_notes: explanation.needs.iter().flat_map(|need| role_notes(catalog, need)).collect(),
        steps: explanation.steps.iter().map(|step| step.lines(catalog)).collect(),
        allowed: explanation.decision.is_allow(),
        reason,
        because,
        suggestion: suggestion.map(|suggestion| to_json(catalog, suggestion)),
        advice: suggestion.map(|suggestion| suggestion.sentence(catalog)),
    }
}

fn token(token: &Token) -> ExplainedTokenView {
    ExplainedTokenView { id: token.id.0, name: token.name.clone(), user_id: token.user_id }
}

/// What a decision rests on: in one word, and in a sentence.
fn verdict(decision: &Decision, detail: Option<&str>) -> (&'static str, String) {
    let (word, sentence) = match decision {
        Decision::Allow { basis: Basis::Grants, .. } => ("grants", "Its grants allow it."),
        Decision::Allow { basis: Basis::Scopes, .. } => ("scopes", "Its scopes allow it."),
        Decision::Allow { basis: Basis::Allowlist, .. } => {
            ("allowlist", "The project lets the job's project in.")
        }
        Decision::Allow { basis: Basis::PublicRead, .. } => ("public_read", "What it asks for is public."),
        Decision::Allow { basis: Basis::Itself, .. } => ("itself", "Every live token may revoke itself."),
        Decision::Deny(denial) => (denial.reason.as_str(), denial.reason.sentence()),
    };
    let detail = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
    (word, format!("{sentence}{detail}"))
}

fn to_json(catalog: &Catalog, suggestion: &Suggestion) -> Value {
    match suggestion {
        Suggestion::Scope(scope) => json!({ "scopes": [scope.as_str()] }),
        Suggestion::Grants(grants) => {
            let grants = grants.iter().map(|grant| grant_json(catalog, grant));
            json!({ "granular_scopes": grants.collect::<Vec<_>>() })
        }
    }
}

fn grant_json(catalog: &Catalog, grant: &Grant) -> Value {
    let permissions: Vec<&str> =
        grant.permissions.iter().map(|id| catalog.describe(id).name.as_str()).collect();
    let mut value = json!({ "access": grant.access.as_str(), "permissions": permissions });
    if let (Access::SelectedMemberships { projects, groups }, Some(fields)) =
        (&grant.access, value.as_object_mut())
    {
        fields.insert("project_ids".to_owned(), json!(projects));
        fields.insert("group_ids".to_owned(), json!(groups));
    }
    value
}

/// No token lifts a role: the instance will refuse what the owner's role does not carry.
fn role_notes(catalog: &Catalog, need: &ExplainedNeed) -> Vec<String> {
    let permissions = need.permissions.iter().map(|id| catalog.describe(*id));
    let Some(strictest) = permissions.max_by_key(|permission| permission.role) else { return Vec::new() };
    let lacking = |place: &&ExplainedPlace| place.role.is_some_and(|role| role < strictest.role);
    let note = |place: &ExplainedPlace| {
        let held = place.role.unwrap_or(Role::NoAccess);
        let (name, needed) = (&strictest.name, strictest.role);
        format!("`{name}` takes the role {needed}; the owner is {held}, and no token lifts a role.")
    };
    need.places.iter().filter(lacking).map(note).collect()
}

fn need(catalog: &Catalog, need: &ExplainedNeed) -> ExplainedNeedView {
    ExplainedNeedView {
        permissions: need.permissions.iter().map(|id| catalog.describe(*id).name.clone()).collect(),
        places: need.places.iter().map(place).collect(),
    }
}

fn place(place: &ExplainedPlace) -> ExplainedPlaceView {
    ExplainedPlaceView {
        boundary: place.boundary.as_str(),
        found: place.found,
        id: place.id,
        full_path: place.full_path.clone(),
        role: place.role,
    }
}
