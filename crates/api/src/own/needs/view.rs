//! What a request or a document takes, as clients see it.

use narrowgate_catalog::{BoundaryType, Catalog, Needs, PermissionId};
use narrowgate_graphql::needs::{LeastGrant, Needed, Reach, Way, least};
use narrowgate_graphql::plan::Position;
use serde::Serialize;
use utoipa::ToSchema;

/// What a request takes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RequestNeeds)]
pub struct RequestNeedsView {
    /// The method as asked.
    method: String,
    /// The path as asked.
    path: String,
    /// `guarded`, `public`, `unavailable` (another credential is needed), `ambiguous` or `uncovered` (both refused).
    coverage: &'static str,
    /// The permissions, all of them.
    permissions: Vec<String>,
    /// The kinds of place, any one of them.
    boundaries: Vec<&'static str>,
    /// Further projects and groups that need the same permissions.
    further: Vec<FurtherNeedView>,
    /// The template that matched.
    template: Option<String>,
    /// The scopes of legacy tokens, any one of them.
    scopes: Vec<&'static str>,
    /// Whether a public project or group needs no grant.
    public_read: bool,
    /// Which other credential is needed, or what the other reading is.
    reason: Option<String>,
}

/// A further project or group.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FurtherNeed)]
pub struct FurtherNeedView {
    /// Its kind.
    boundary: &'static str,
    /// Where the request names it.
    source: String,
    /// Whether a request may leave it out.
    optional: bool,
}

impl From<Needs> for RequestNeedsView {
    fn from(needs: Needs) -> Self {
        let further = needs.further.into_iter().map(|further| FurtherNeedView {
            boundary: further.boundary.as_str(),
            source: further.source,
            optional: further.optional,
        });
        Self {
            method: needs.method,
            path: needs.path,
            coverage: needs.coverage.as_str(),
            permissions: needs.permissions,
            boundaries: kinds(&needs.boundaries),
            further: further.collect(),
            template: needs.template,
            scopes: needs.scopes,
            public_read: needs.public_read,
            reason: needs.reason,
        }
    }
}

/// What a document takes.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DocumentNeeds)]
pub struct DocumentNeedsView {
    /// Its parts, in the order of the document; those that need nothing are left out.
    pub parts: Vec<NeededView>,
    /// The fewest permissions with which a token gets all of it that anybody gets. For `selected_memberships` the
    /// projects and groups are still to be named.
    pub granular_scopes: Vec<LeastGrantView>,
}

/// A part of a document.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NeededPart)]
pub struct NeededView {
    /// `type`, `field` or `mutation`.
    pub kind: &'static str,
    /// Its name in the schema: `CiJob`, `Project.runners`, `jobPlay`.
    pub name: String,
    /// The keys of the answer that lead to where it first stands.
    pub path: String,
    /// The line of the document that first asks for it.
    pub line: usize,
    /// The column there.
    pub column: usize,
    /// Any of these admits it. Without any nothing does: the catalogue says nothing of it, or it is a secret.
    pub any: Vec<WayView>,
}

/// Permissions, all of them, on any one of the kinds of place.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NeededPermissions)]
pub struct WayView {
    /// The permissions.
    pub permissions: Vec<String>,
    /// The kinds of place: `project`, `group`, `user`, `instance`.
    pub boundaries: Vec<&'static str>,
}

/// Permissions to grant at places of one kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LeastGrant)]
pub struct LeastGrantView {
    /// `selected_memberships`, `user` or `instance`.
    pub access: &'static str,
    /// The permissions.
    pub permissions: Vec<String>,
}

impl DocumentNeedsView {
    /// What the parts take, and the least for all of them.
    #[must_use]
    pub fn new(catalog: &Catalog, needed: &[Needed]) -> Self {
        let grant = |LeastGrant { reach, permissions }: &LeastGrant| LeastGrantView {
            access: match reach {
                Reach::Memberships => "selected_memberships",
                Reach::User => "user",
                Reach::Instance => "instance",
            },
            permissions: names(catalog, permissions),
        };
        Self {
            parts: needed.iter().map(|needed| NeededView::new(catalog, needed)).collect(),
            granular_scopes: least(needed).iter().map(grant).collect(),
        }
    }
}

impl NeededView {
    /// The part with the names of its permissions.
    #[must_use]
    pub fn new(catalog: &Catalog, needed: &Needed) -> Self {
        let Needed { part, path, position: Position { line, column }, any } = needed;
        let way = |Way { permissions, boundaries }: &Way| WayView {
            permissions: names(catalog, permissions),
            boundaries: kinds(boundaries),
        };
        Self {
            kind: part.kind(),
            name: part.name().to_owned(),
            path: path.to_string(),
            line: *line,
            column: *column,
            any: any.iter().map(way).collect(),
        }
    }
}

fn names(catalog: &Catalog, permissions: &[PermissionId]) -> Vec<String> {
    permissions.iter().map(|id| catalog.describe(*id).name.clone()).collect()
}

fn kinds(boundaries: &[BoundaryType]) -> Vec<&'static str> {
    boundaries.iter().map(|boundary| boundary.as_str()).collect()
}
