//! Connections and edges, by their shape.

use apollo_compiler::Name;
use apollo_compiler::ast::{FieldDefinition, Type};
use apollo_compiler::executable;

use crate::Schema;

/// What a structural object is.
pub(super) enum Role<'s> {
    /// A list of nodes of this type.
    Connection(&'s Type),
    /// One item of a connection, and its field `node`.
    Edge(&'s FieldDefinition),
    /// Any other.
    Plain,
}

/// What an object type is, if it is structural.
pub(super) fn role<'s>(schema: &'s Schema, name: &Name) -> Role<'s> {
    let schema = schema.as_apollo();
    let Some(object) = schema.get_object(name) else { return Role::Plain };
    if let Some(node) = object.fields.get("node") {
        return Role::Edge(node);
    }
    if let Some(nodes) = object.fields.get("nodes") {
        return Role::Connection(&nodes.ty);
    }
    let edge = object.fields.get("edges").and_then(|edges| schema.get_object(edges.ty.inner_named_type()));
    match edge.and_then(|edge| edge.fields.get("node")) {
        Some(node) => Role::Connection(&node.ty),
        None => Role::Plain,
    }
}

/// Whether a field of a connection is one of those that tell nothing beyond the nodes that it has.
pub(super) fn tells_no_count(field: &str) -> bool {
    matches!(field, "nodes" | "edges" | "__typename")
}

/// Whether the document says where a field's page begins or ends.
pub(super) fn is_paged(field: &executable::Field) -> bool {
    field.arguments.iter().any(|argument| matches!(argument.name.as_str(), "after" | "before"))
}

/// Whether an argument leads from page to page.
pub(super) fn pages(argument: &str) -> bool {
    matches!(argument, "first" | "last" | "after" | "before")
}

/// Whether a field has arguments beyond those that lead from page to page.
pub(super) fn is_filtered(field: &executable::Field) -> bool {
    field.arguments.iter().any(|argument| !pages(&argument.name))
}
