//! What guards GraphQL types, fields and mutations.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Further arguments that name an object which is changed, or a container: the permissions are needed there, too.
    pub also_on: Vec<String>,
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

/// What the catalogue says of a schema beside permissions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GraphqlFacts {
    /// Object types that are values of the object that has them, without an identity of their own.
    pub parts: BTreeSet<String>,
    /// Object types, fields of `Query` (`Query.echo`) and of `Mutation` that anybody may have.
    pub public: BTreeSet<String>,
    /// Fields (`Milestone.releases`) whose values belong elsewhere than the object that has the field.
    pub elsewhere: BTreeSet<String>,
    /// Types of global ids (`LabelID`) and arguments of mutations (`CreateNote.discussionId`) that are only referred to:
    /// neither shown nor changed by that, or never another project's or group's than the record that is changed.
    pub referred: BTreeSet<String>,
    /// Types of global ids (`MergeRequestID`) of records that mutations link, and the permission that is needed where such a
    /// record belongs.
    pub linked: BTreeMap<String, PermissionId>,
    /// How objects of a type tell where they belong, where the rules for all types don't find it.
    pub locators: BTreeMap<String, Vec<GraphqlLocator>>,
}

/// How an object tells where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GraphqlLocator {
    /// By fields, from the object down: `mergeRequest.project.id`.
    Path(Vec<String>),
    /// It belongs where the nearest guarded object above it does.
    Inherit,
}
