//! What guards GraphQL types, fields and mutations.

use serde::Serialize;

use crate::{BoundaryType, PermissionId};

/// What a GraphQL entry names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GraphqlKind {
    /// An object type: each object of it is decided.
    Type,
    /// A field: `Project.pipelineSchedules`.
    Field,
    /// A mutation, by the name of its class: `JobPlay`.
    Mutation,
}

/// One guarded part of the GraphQL schema.
///
/// Several entries may have one kind and name, since versions of GitLab differ: any of them admits it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphqlEntry {
    /// What it names.
    pub kind: GraphqlKind,
    /// `CiJob`, `Project.pipelineSchedules` or `JobPlay`.
    pub name: String,
    /// The permissions, all of them; the entry's own first.
    pub permission_ids: Vec<PermissionId>,
    /// The alternatives in check order.
    pub boundaries: Vec<GraphqlBoundary>,
}

/// One alternative boundary of a GraphQL entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GraphqlBoundary {
    /// The kind of boundary.
    pub boundary: BoundaryType,
    /// The argument that names it, or the object that leads to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
    /// The method of the object that leads to it; `itself` where the object is the boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
}
