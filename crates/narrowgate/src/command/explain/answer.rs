//! What `explain` prints.

use std::fmt;

use narrowgate_catalog::{BoundaryType, Catalog, Role};
use narrowgate_gate::{ExplainedNeed, ExplainedPlace, Explanation};
use narrowgate_policy::{Access, Basis, Decision, Grant, Suggestion};
use serde::Serialize;
use serde_json::{Value, json};

use crate::catalog_files::title;

/// The decision with each step.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    request: String,
    operation: Option<String>,
    token: Option<ShownToken>,
    needs: Vec<ShownNeed>,
    /// One list of lines for each step.
    steps: Vec<Vec<String>>,
    /// Where the owner's role is less than GitLab asks for, whatever the token may do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    role_notes: Vec<String>,
    allowed: bool,
    reason: &'static str,
    /// The decision in words.
    because: String,
    /// What would have allowed it: `granular_scopes` or `scopes`, as `token create` takes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<Value>,
    #[serde(skip)]
    advice: Option<String>,
}

#[derive(Debug, Serialize)]
struct ShownToken {
    id: i64,
    name: String,
    user_id: u64,
}

#[derive(Debug, Serialize)]
struct ShownNeed {
    permissions: Vec<String>,
    places: Vec<ShownPlace>,
}

#[derive(Debug, Serialize)]
struct ShownPlace {
    boundary: BoundaryType,
    found: bool,
    id: Option<u64>,
    full_path: Option<String>,
    role: Option<Role>,
}

impl Answer {
    pub(super) fn new(catalog: &Catalog, method: &str, target: &str, explanation: &Explanation) -> Self {
        let (reason, because) = verdict(explanation);
        let suggestion = explanation.suggestion.as_ref();
        Self {
            request: format!("{method} {target}"),
            operation: explanation.operation.map(title),
            token: explanation.token.as_ref().map(|token| ShownToken {
                id: token.id.0,
                name: token.name.clone(),
                user_id: token.user_id,
            }),
            needs: explanation.needs.iter().map(|need| ShownNeed::new(catalog, need)).collect(),
            role_notes: explanation.needs.iter().flat_map(|need| role_notes(catalog, need)).collect(),
            steps: explanation.steps.iter().map(|step| step.lines(catalog)).collect(),
            allowed: explanation.decision.is_allow(),
            reason,
            because,
            suggestion: suggestion.map(|suggestion| to_json(catalog, suggestion)),
            advice: suggestion.map(|suggestion| suggestion.sentence(catalog)),
        }
    }
}

fn verdict(explanation: &Explanation) -> (&'static str, String) {
    match &explanation.decision {
        Decision::Allow { basis: Basis::Grants, .. } => ("grants", "Its grants allow it.".to_owned()),
        Decision::Allow { basis: Basis::Scopes, .. } => ("scopes", "Its scopes allow it.".to_owned()),
        Decision::Allow { basis: Basis::Allowlist, .. } => {
            ("allowlist", "The project lets the job's project in.".to_owned())
        }
        Decision::Allow { basis: Basis::PublicRead, .. } => {
            ("public_read", "What it asks for is public.".to_owned())
        }
        Decision::Deny(denial) => {
            let detail = explanation.detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
            (denial.reason.as_str(), format!("{}{detail}", denial.reason.sentence()))
        }
    }
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

impl ShownNeed {
    fn new(catalog: &Catalog, need: &ExplainedNeed) -> Self {
        Self {
            permissions: need.permissions.iter().map(|id| catalog.describe(*id).name.clone()).collect(),
            places: need.places.iter().map(ShownPlace::new).collect(),
        }
    }
}

impl ShownPlace {
    fn new(place: &ExplainedPlace) -> Self {
        Self {
            boundary: place.boundary,
            found: place.found,
            id: place.id,
            full_path: place.full_path.clone(),
            role: place.role,
        }
    }
}

impl fmt::Display for ShownPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.boundary.fmt(f)?;
        if !self.found {
            return f.write_str(", not found");
        }
        if let Some(id) = self.id {
            write!(f, " {id}")?;
        }
        if let Some(path) = &self.full_path {
            write!(f, " ({path})")?;
        }
        match self.role {
            Some(role) => write!(f, ", where the owner is {role}"),
            None => Ok(()),
        }
    }
}

/// The lines that people read.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "request    {}", self.request)?;
        writeln!(f, "operation  {}", self.operation.as_deref().unwrap_or("none that is catalogued"))?;
        match &self.token {
            Some(token) => writeln!(f, "token      {} `{}` of user {}", token.id, token.name, token.user_id)?,
            None => writeln!(f, "token      none that is known")?,
        }
        for place in self.needs.iter().flat_map(|need| &need.places) {
            writeln!(f, "place      {place}")?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            for (index, line) in step.iter().enumerate() {
                let label = if index == 0 { format!("step {}", number + 1) } else { String::new() };
                writeln!(f, "{label:<11}{line}")?;
            }
        }
        let verdict = if self.allowed { "allowed" } else { "denied" };
        writeln!(f, "decision   {verdict}, {}: {}", self.reason, self.because)?;
        if let Some(advice) = &self.advice {
            writeln!(f, "to allow   {advice}")?;
        }
        self.role_notes.iter().try_for_each(|note| writeln!(f, "but        {note}"))
    }
}
