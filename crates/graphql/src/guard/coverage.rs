//! What a schema has beyond the catalogue, and the other way round.

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use narrowgate_catalog::{Catalog, GraphqlKind};

use super::{Class, Guards, fields};

/// What a schema has beyond the catalogue, and the other way round; each list is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Object types that are in no file: they are withheld.
    pub types: Vec<String>,
    /// Fields of the query root that nothing guards and nobody may ask for.
    pub queries: Vec<String>,
    /// Mutations that are in no file, or whose entries find no argument that names a boundary: they are refused.
    pub mutations: Vec<String>,
    /// Names of the catalogue that the schema doesn't have: those of other versions.
    pub absent: Vec<String>,
}

impl Coverage {
    /// Whether the catalogue says something of all that the schema has.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.types.is_empty() && self.queries.is_empty() && self.mutations.is_empty()
    }
}

pub(super) fn of(schema: &Schema, catalog: &Catalog, guards: &Guards) -> Coverage {
    let mut coverage = Coverage {
        types: types(guards),
        queries: queries(schema, guards),
        mutations: mutations(schema, guards),
        absent: absent(schema, catalog),
    };
    for list in [&mut coverage.types, &mut coverage.queries, &mut coverage.mutations, &mut coverage.absent] {
        list.sort();
        list.dedup();
    }
    coverage
}

fn types(guards: &Guards) -> Vec<String> {
    let classes = guards.classes.iter().filter(|(_, class)| matches!(class, Class::Unclassified));
    classes.map(|(name, _)| name.to_string()).collect()
}

/// Fields of Query whose value isn't decided object by object, and that no entry names.
fn queries(schema: &Schema, guards: &Guards) -> Vec<String> {
    let Some(root) = &schema.schema_definition.query else { return Vec::new() };
    let Some(query) = schema.get_object(&root.name) else { return Vec::new() };
    let names = query.fields.iter().filter(|(name, field)| {
        let is_named = guards.field(&root.name, name).is_some() || guards.is_public_field(&root.name, name);
        !is_named && !is_decided(schema, guards, field.ty.inner_named_type())
    });
    names.map(|(name, _)| name.to_string()).collect()
}

/// Whether each value of a type is decided, or shown to anybody.
fn is_decided(schema: &Schema, guards: &Guards, type_name: &str) -> bool {
    match schema.types.get(type_name) {
        Some(ExtendedType::Object(object)) => match guards.class(type_name) {
            Class::Guarded(_) | Class::Public => true,
            Class::Structural => {
                let node = object
                    .fields
                    .get("nodes")
                    .or_else(|| object.fields.get("edges"))
                    .or_else(|| object.fields.get("node"));
                node.is_some_and(|node| is_decided(schema, guards, node.ty.inner_named_type()))
            }
            Class::Part | Class::Unclassified => false,
        },
        Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
            let mut possible = fields::possible(schema, type_name).peekable();
            possible.peek().is_some() && possible.all(|object| is_decided(schema, guards, object))
        }
        _ => false,
    }
}

fn mutations(schema: &Schema, guards: &Guards) -> Vec<String> {
    let root = schema.schema_definition.mutation.as_ref();
    let mutation = root.and_then(|root| schema.get_object(&root.name));
    let names = mutation.into_iter().flat_map(|mutation| mutation.fields.keys());
    names.filter(|name| guards.mutation(name).is_none()).map(ToString::to_string).collect()
}

fn absent(schema: &Schema, catalog: &Catalog) -> Vec<String> {
    let root = schema.schema_definition.mutation.as_ref();
    let mutation = root.and_then(|root| schema.get_object(&root.name));
    let has_type = |name: &str| schema.types.contains_key(name);
    let has_field = |name: &str| {
        name.split_once('.').is_some_and(|(owner, field)| schema.type_field(owner, field).is_ok())
    };
    let entries = catalog.graphql().filter(|entry| match entry.kind {
        GraphqlKind::Type => !has_type(&entry.name),
        GraphqlKind::Field => !has_field(&entry.name),
        GraphqlKind::Mutation => !mutation
            .is_some_and(|mutation| mutation.fields.contains_key(fields::field_of(&entry.name).as_str())),
    });
    let facts = catalog.graphql_facts();
    let named = facts.parts.iter().chain(&facts.public).chain(&facts.elsewhere).chain(facts.locators.keys());
    let named = named.filter(|name| !has_type(name) && !has_field(name));
    entries.map(|entry| entry.name.clone()).chain(named.cloned()).collect()
}
