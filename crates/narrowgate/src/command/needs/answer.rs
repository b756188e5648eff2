//! What `needs` prints.

use narrowgate_catalog::{BoundaryType, Catalog, Need, Operation, OperationAccess, Scope, Source};
use serde::Serialize;

/// What one operation needs.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    method: String,
    path: String,
    access: Access,
    /// All of them are needed.
    permissions: Vec<String>,
    /// Any one of them will do.
    boundaries: Vec<BoundaryType>,
    /// The legacy scopes, any one of which will do.
    scopes: Vec<&'static str>,
    template: Option<String>,
    /// Why it is unavailable or uncovered.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The same as permissions and boundaries, need by need; containers named beside the first come last.
    needs: Vec<ShownNeed>,
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Access {
    Guarded,
    Public,
    Unavailable,
    Uncovered,
}

#[derive(Debug, Serialize)]
struct ShownNeed {
    permissions: Vec<String>,
    boundaries: Vec<ShownBoundary>,
    /// It falls away when the request does not name this container.
    optional: bool,
}

#[derive(Debug, Serialize)]
struct ShownBoundary {
    boundary: BoundaryType,
    source: String,
}

impl Answer {
    pub(super) fn covered(catalog: &Catalog, method: &str, path: &str, operation: &Operation) -> Self {
        let (access, reason) = match &operation.access {
            OperationAccess::Guarded { .. } => (Access::Guarded, None),
            OperationAccess::Public => (Access::Public, None),
            OperationAccess::OtherCredential { reason, .. } => (Access::Unavailable, Some(reason.clone())),
        };
        let needs = operation.needs();
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            access,
            permissions: required(catalog, needs),
            boundaries: boundaries(needs),
            scopes: operation.scopes.iter().map(Scope::as_str).collect(),
            template: Some(operation.template.clone()),
            reason,
            needs: needs.iter().map(|need| ShownNeed::new(catalog, operation, need)).collect(),
        }
    }

    pub(super) fn uncovered(method: &str, path: &str, reason: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            access: Access::Uncovered,
            permissions: Vec::new(),
            boundaries: Vec::new(),
            scopes: Vec::new(),
            template: None,
            reason: Some(reason.to_owned()),
            needs: Vec::new(),
        }
    }

    pub(super) fn is_uncovered(&self) -> bool {
        self.access == Access::Uncovered
    }

    /// The tab-separated line.
    pub(super) fn columns(&self) -> String {
        let permissions = match self.access {
            Access::Guarded => self.permissions.join(","),
            Access::Public => "public".to_owned(),
            Access::Unavailable => "unavailable".to_owned(),
            Access::Uncovered => "uncovered".to_owned(),
        };
        let boundaries: Vec<&str> = self.boundaries.iter().map(|boundary| boundary.as_str()).collect();
        let template = self.template.as_deref().unwrap_or_default();
        [&self.method, &self.path, &permissions, &boundaries.join(","), template].join("\t")
    }
}

impl ShownNeed {
    fn new(catalog: &Catalog, operation: &Operation, need: &Need) -> Self {
        let shown = need.boundaries.iter().map(|place| ShownBoundary {
            boundary: place.boundary,
            source: source(catalog, operation, &place.source),
        });
        Self { permissions: names(catalog, need), boundaries: shown.collect(), optional: need.optional }
    }
}

fn names(catalog: &Catalog, need: &Need) -> Vec<String> {
    need.permission_ids.iter().map(|id| catalog.describe(*id).name.clone()).collect()
}

/// The permissions that every such request needs, the operation's own first.
fn required(catalog: &Catalog, needs: &[Need]) -> Vec<String> {
    let mut permissions = Vec::new();
    for name in needs.iter().filter(|need| !need.optional).flat_map(|need| names(catalog, need)) {
        if !permissions.contains(&name) {
            permissions.push(name);
        }
    }
    permissions
}

/// The boundary types of the operation itself; further containers stand only in `needs`.
fn boundaries(needs: &[Need]) -> Vec<BoundaryType> {
    let mut boundaries: Vec<_> =
        needs.first().into_iter().flat_map(|need| &need.boundaries).map(|place| place.boundary).collect();
    boundaries.sort_unstable();
    boundaries.dedup();
    boundaries
}

fn source(catalog: &Catalog, operation: &Operation, source: &Source) -> String {
    match source {
        Source::Path { index, param } => {
            let name = operation.parameters.get(*index).unwrap_or(param);
            format!("path parameter `{name}`")
        }
        Source::Query { names } => format!("query parameter `{}`", names.join("` or `")),
        Source::Body { names } => format!("body parameter `{}`", names.join("` or `")),
        Source::Lookup(reference) => format!("look-up: {}", catalog.lookup(reference.lookup).about),
        Source::Owner => "the token's owner".to_owned(),
        Source::Instance => "the instance".to_owned(),
    }
}
