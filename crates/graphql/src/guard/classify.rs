//! What each object type is: by the catalogue, else by its shape.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use apollo_compiler::Schema;
use apollo_compiler::schema::{ExtendedType, ObjectType};
use narrowgate_catalog::{Catalog, GraphqlKind};

use super::rules::{self, Interner};
use super::{Class, Guard, locate};

/// The class of every object type of a schema.
pub(super) fn classes(schema: &Schema, catalog: &Catalog) -> HashMap<Box<str>, Class> {
    let entries = rules::entries(catalog, GraphqlKind::Type);
    let facts = catalog.graphql_facts();
    let payloads = payloads(schema);
    let mut interner = Interner::default();
    let mut classes = HashMap::new();
    for (name, kind) in &schema.types {
        let ExtendedType::Object(object) = kind else { continue };
        let name = name.as_str();
        let class = if let Some(entries) = entries.get(name) {
            let rules = interner.intern(entries);
            Class::Guarded(Arc::new(Guard {
                rules,
                locators: locate::locators(schema, facts, object, entries),
            }))
        } else if facts.public.contains(name) {
            Class::Public
        } else if facts.parts.contains(name) {
            Class::Part
        } else {
            by_shape(schema, object, &payloads)
        };
        classes.insert(name.into(), class);
    }
    classes
}

fn by_shape(schema: &Schema, object: &ObjectType, payloads: &HashSet<&str>) -> Class {
    let name = object.name.as_str();
    let definition = &schema.schema_definition;
    let roots = [&definition.query, &definition.mutation, &definition.subscription];
    let is_root = roots.into_iter().flatten().any(|root| root.name == object.name);
    let is_connection = name.ends_with("Connection")
        && has(object, "pageInfo")
        && (has(object, "nodes") || has(object, "edges"));
    let is_edge = name.ends_with("Edge") && has(object, "node") && has(object, "cursor");
    let is_payload = payloads.contains(name) && has(object, "clientMutationId");
    let is_permissions = name.ends_with("Permissions")
        && object.fields.values().all(|field| field.ty.inner_named_type() == "Boolean");
    if is_permissions {
        Class::Part
    } else if name == "PageInfo" || name.starts_with("__") {
        Class::Public
    } else if is_root || is_connection || is_edge || is_payload {
        Class::Structural
    } else {
        Class::Unclassified
    }
}

/// The types of the values of mutations.
fn payloads(schema: &Schema) -> HashSet<&str> {
    let mutation = schema.schema_definition.mutation.as_ref();
    let mutation = mutation.and_then(|root| schema.get_object(&root.name));
    let fields = mutation.into_iter().flat_map(|mutation| mutation.fields.values());
    fields.map(|field| field.ty.inner_named_type().as_str()).collect()
}

fn has(object: &ObjectType, field: &str) -> bool {
    object.fields.contains_key(field)
}
