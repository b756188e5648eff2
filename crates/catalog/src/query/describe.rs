//! What one request would need.

use serde::Serialize;

use crate::{
    Ambiguity, BoundaryType, Catalog, Match, Method, Need, Operation, OperationAccess, OperationId, Params,
    ScopeSet,
};

/// How the catalogue covers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// Permissions are needed.
    Guarded,
    /// Anybody is answered.
    Public,
    /// Another credential is needed.
    Unavailable,
    /// It could be read in two ways: refused.
    Ambiguous,
    /// It is in no file: refused.
    Uncovered,
}

impl Coverage {
    /// The word in outputs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guarded => "guarded",
            Self::Public => "public",
            Self::Unavailable => "unavailable",
            Self::Ambiguous => "ambiguous",
            Self::Uncovered => "uncovered",
        }
    }
}

/// What a request needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Needs {
    /// The method as asked.
    pub method: String,
    /// The path as asked.
    pub path: String,
    /// How it is covered.
    pub coverage: Coverage,
    /// The permissions, all of them.
    pub permissions: Vec<String>,
    /// The boundaries, any one of them.
    pub boundaries: Vec<BoundaryType>,
    /// Further containers that need the same permissions.
    pub further: Vec<FurtherNeed>,
    /// The template that matched.
    pub template: Option<String>,
    /// The scopes of legacy tokens, any one of them.
    pub scopes: Vec<&'static str>,
    /// Whether a public project or group needs no grant.
    pub public_read: bool,
    /// Which other credential is needed, or what the other reading is.
    pub reason: Option<String>,
}

/// A further container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FurtherNeed {
    /// Its kind.
    pub boundary: BoundaryType,
    /// Where the request names it.
    pub source: String,
    /// Whether a request may leave it out.
    pub optional: bool,
}

impl Needs {
    /// The permissions joined by `,`; for the rest `public`, `unavailable` or `uncovered`.
    #[must_use]
    pub fn permission_column(&self) -> String {
        match self.coverage {
            Coverage::Guarded => self.permissions.join(","),
            Coverage::Ambiguous => Coverage::Uncovered.as_str().to_owned(),
            other => other.as_str().to_owned(),
        }
    }

    /// The boundary types joined by `,`.
    #[must_use]
    pub fn boundary_column(&self) -> String {
        self.boundaries.iter().map(|boundary| boundary.as_str()).collect::<Vec<_>>().join(",")
    }

    /// Whether the request is covered: whether it has any chance to be let through.
    #[must_use]
    pub const fn is_covered(&self) -> bool {
        !matches!(self.coverage, Coverage::Ambiguous | Coverage::Uncovered)
    }

    fn blank(method: &str, path: &str, coverage: Coverage) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            coverage,
            permissions: Vec::new(),
            boundaries: Vec::new(),
            further: Vec::new(),
            template: None,
            scopes: Vec::new(),
            public_read: false,
            reason: None,
        }
    }
}

impl Catalog {
    /// What a request needs; a leading `/api/v4` and a query string may be there. A template copied from GitLab's
    /// documentation, with its `:id` and its optional parts, stands for itself.
    #[must_use]
    pub fn needs(&self, method: &str, path: &str) -> Needs {
        let below = path.split_once('?').map_or(path, |(path, _)| path);
        let below = below.strip_prefix("/api/v4").filter(|rest| rest.starts_with('/')).unwrap_or(below);
        let Ok(known) = Method::try_from(method) else {
            return Needs::blank(method, path, Coverage::Uncovered);
        };
        if let Some(operation) = self.by_template(known, below) {
            return self.describe_operation(method, path, operation);
        }
        match self.classify(known, below, &mut Params::new()) {
            Match::Operation(operation) => self.describe_operation(method, path, operation),
            Match::Ambiguous(ambiguity) => Needs {
                reason: Some(self.other_reading(ambiguity)),
                ..Needs::blank(method, path, Coverage::Ambiguous)
            },
            Match::Uncovered => Needs::blank(method, path, Coverage::Uncovered),
        }
    }

    fn by_template(&self, method: Method, path: &str) -> Option<&Operation> {
        let same = |operation: &&Operation| operation.method == method && operation.template == path;
        if path.contains([':', '*', '(']) { self.operations().find(same) } else { None }
    }

    fn describe_operation(&self, method: &str, path: &str, operation: &Operation) -> Needs {
        let (coverage, reason) = match &operation.access {
            OperationAccess::Guarded { .. } => (Coverage::Guarded, None),
            OperationAccess::Public => (Coverage::Public, None),
            OperationAccess::OtherCredential { reason, .. } => (Coverage::Unavailable, Some(reason.clone())),
        };
        let own = operation.needs().first();
        Needs {
            permissions: own.map(|need| self.permission_names(need)).unwrap_or_default(),
            boundaries: own.map(boundaries).unwrap_or_default(),
            further: self.further(operation),
            template: Some(operation.template.clone()),
            scopes: scope_names(operation.scopes),
            public_read: operation.public_read,
            reason,
            ..Needs::blank(method, path, coverage)
        }
    }

    /// The names of a need's permissions, its own first.
    #[must_use]
    pub fn permission_names(&self, need: &Need) -> Vec<String> {
        need.permission_ids.iter().map(|id| self.describe(*id).name.clone()).collect()
    }

    fn further(&self, operation: &Operation) -> Vec<FurtherNeed> {
        let further = operation.needs().iter().skip(1);
        let each = further.flat_map(|need| need.boundaries.iter().map(|source| (need.optional, source)));
        each.map(|(optional, source)| FurtherNeed {
            boundary: source.boundary,
            source: self.source_text(operation, &source.source),
            optional,
        })
        .collect()
    }

    fn other_reading(&self, ambiguity: Ambiguity) -> String {
        let name = |id: OperationId| {
            let operation = self.operation(id);
            format!("{} {}", operation.method, operation.template)
        };
        match ambiguity {
            Ambiguity::Sibling(id) => format!("without its suffix it is `{}`", name(id)),
            Ambiguity::Container(id) => format!("the suffix could belong to the container of `{}`", name(id)),
        }
    }
}

/// Each kind once, although a request may have several ways to name it.
fn boundaries(need: &Need) -> Vec<BoundaryType> {
    let mut boundaries: Vec<_> = need.boundaries.iter().map(|source| source.boundary).collect();
    boundaries.sort_unstable();
    boundaries.dedup();
    boundaries
}

pub(super) fn scope_names(scopes: ScopeSet) -> Vec<&'static str> {
    scopes.iter().map(crate::Scope::as_str).collect()
}
