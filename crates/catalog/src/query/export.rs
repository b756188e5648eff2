//! The whole catalogue as data.

use std::collections::BTreeMap;

use serde::Serialize;

use super::describe::scope_names;
use crate::{
    BoundaryType, Carrier, Catalog, GraphqlBoundary, GraphqlEntry, GraphqlKind, Lookup, LookupAnswer, Method,
    Need, Operation, OperationAccess, Permission, PermissionId, Surface,
};

/// Everything a catalogue holds, ready to be written as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct Export<'c> {
    /// The permissions by name.
    pub permissions: Vec<&'c Permission>,
    /// The operations by surface, template and method.
    pub operations: Vec<ExportedOperation<'c>>,
    /// The look-ups by name.
    pub lookups: Vec<ExportedLookup<'c>>,
    /// What guards the GraphQL schema.
    pub graphql: Vec<ExportedGraphql<'c>>,
}

/// One operation.
#[derive(Clone, Debug, Serialize)]
pub struct ExportedOperation<'c> {
    /// The interface.
    pub surface: Surface,
    /// The method.
    pub method: Method,
    /// The template.
    pub template: &'c str,
    /// `guarded`, `public` or `other_credential`.
    pub access: &'static str,
    /// All of these must hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<ExportedNeed<'c>>,
    /// Which other credential is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'c str>,
    /// Where the other credential arrives.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub carriers: &'c [Carrier],
    /// The scopes of legacy tokens, any one of them.
    pub scopes: Vec<&'static str>,
    /// Whether a public project or group needs no grant.
    pub public_read: bool,
    /// Fields of the answer and the permission that shows each.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub withheld: BTreeMap<&'c str, &'c str>,
}

/// One need.
#[derive(Clone, Debug, Serialize)]
pub struct ExportedNeed<'c> {
    /// All of these.
    pub permissions: Vec<&'c str>,
    /// On any one of these.
    pub boundaries: Vec<ExportedBoundary>,
    /// Whether a request may leave the container out.
    pub optional: bool,
}

/// One alternative boundary.
#[derive(Clone, Debug, Serialize)]
pub struct ExportedBoundary {
    /// Its kind.
    pub boundary: BoundaryType,
    /// Where a request names it.
    pub source: String,
}

/// One look-up.
#[derive(Clone, Debug, Serialize)]
pub struct ExportedLookup<'c> {
    /// Its name.
    pub name: &'c str,
    /// What it finds.
    pub about: &'c str,
    /// Its arguments.
    pub arguments: &'c [String],
    /// How it is answered.
    pub answer: &'c LookupAnswer,
    /// How it is answered where that finds nothing.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub otherwise: &'c [LookupAnswer],
}

/// One guarded part of the GraphQL schema.
#[derive(Clone, Debug, Serialize)]
pub struct ExportedGraphql<'c> {
    /// What it names.
    pub kind: GraphqlKind,
    /// Its name.
    pub name: &'c str,
    /// All of these.
    pub permissions: Vec<&'c str>,
    /// On any one of these.
    pub boundaries: &'c [GraphqlBoundary],
}

impl Catalog {
    /// Everything, ready to be written as JSON.
    #[must_use]
    pub fn export(&self) -> Export<'_> {
        Export {
            permissions: self.permissions().collect(),
            operations: self.operations().map(|operation| self.export_operation(operation)).collect(),
            lookups: self.lookups().map(export_lookup).collect(),
            graphql: self.graphql().map(|entry| self.export_graphql(entry)).collect(),
        }
    }

    fn export_operation<'c>(&'c self, operation: &'c Operation) -> ExportedOperation<'c> {
        let (access, reason, carriers) = match &operation.access {
            OperationAccess::Guarded { .. } => ("guarded", None, &[][..]),
            OperationAccess::Public => ("public", None, &[][..]),
            OperationAccess::OtherCredential { reason, carriers } => {
                ("other_credential", Some(reason.as_str()), carriers.as_slice())
            }
        };
        let withheld = operation
            .withheld
            .iter()
            .map(|withheld| (withheld.field.as_str(), self.name_of(withheld.permission)));
        ExportedOperation {
            surface: operation.surface,
            method: operation.method,
            template: &operation.template,
            access,
            needs: operation.needs().iter().map(|need| self.export_need(operation, need)).collect(),
            reason,
            carriers,
            scopes: scope_names(operation.scopes),
            public_read: operation.public_read,
            withheld: withheld.collect(),
        }
    }

    fn export_need<'c>(&'c self, operation: &Operation, need: &Need) -> ExportedNeed<'c> {
        let boundaries = need.boundaries.iter().map(|source| ExportedBoundary {
            boundary: source.boundary,
            source: self.source_text(operation, &source.source),
        });
        ExportedNeed {
            permissions: self.names_of(&need.permission_ids),
            boundaries: boundaries.collect(),
            optional: need.optional,
        }
    }

    fn export_graphql<'c>(&'c self, entry: &'c GraphqlEntry) -> ExportedGraphql<'c> {
        ExportedGraphql {
            kind: entry.kind,
            name: &entry.name,
            permissions: self.names_of(&entry.permission_ids),
            boundaries: &entry.boundaries,
        }
    }

    fn names_of(&self, ids: &[PermissionId]) -> Vec<&str> {
        ids.iter().map(|id| self.name_of(*id)).collect()
    }

    fn name_of(&self, id: PermissionId) -> &str {
        &self.describe(id).name
    }
}

fn export_lookup(lookup: &Lookup) -> ExportedLookup<'_> {
    ExportedLookup {
        name: &lookup.name,
        about: &lookup.about,
        arguments: &lookup.arguments,
        answer: &lookup.answer,
        otherwise: &lookup.otherwise,
    }
}
