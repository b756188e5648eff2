//! What guards fields and mutations.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use apollo_compiler::Schema;
use apollo_compiler::ast::FieldDefinition;
use apollo_compiler::schema::ExtendedType;
use narrowgate_catalog::{BoundaryType, Catalog, GraphqlBoundary, GraphqlEntry, GraphqlKind, PermissionId};

use super::arguments::{Argument, Arguments};
use super::{Alternative, FieldGuard, Need, Source, rules};

/// How the names of fields end whose values are secrets.
const SECRETS: [&str; 10] = [
    "token",
    "secret",
    "password",
    "passphrase",
    "privatekey",
    "accesskey",
    // Addresses and feeds with the owner's own token in them, which opens every project.
    "createnoteemail",
    "workitememailaddress",
    "rsspath",
    "calendarpath",
];

/// Where a field is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// On the query root, which belongs nowhere.
    Query,
    /// On the mutation root.
    Mutation,
    /// On any other type.
    Nested,
}

/// The guards of all fields but mutations, by type and name.
pub(super) fn fields(
    schema: &Schema,
    catalog: &Catalog,
) -> HashMap<Box<str>, HashMap<Box<str>, Arc<FieldGuard>>> {
    let entries = rules::entries(catalog, GraphqlKind::Field);
    let elsewhere = &catalog.graphql_facts().elsewhere;
    let names: BTreeSet<&str> = entries.keys().copied().chain(elsewhere.iter().map(String::as_str)).collect();
    let mut guards: HashMap<Box<str>, HashMap<Box<str>, Arc<FieldGuard>>> = HashMap::new();
    for name in names {
        let Some((owner, field)) = name.split_once('.') else { continue };
        let Ok(definition) = schema.type_field(owner, field) else { continue };
        let is_query = schema.schema_definition.query.as_ref().is_some_and(|root| root.name == owner);
        let position = if is_query { Position::Query } else { Position::Nested };
        let entries = entries.get(name).map_or(&[][..], Vec::as_slice);
        let needs = match entries {
            [] => Box::default(),
            entries => needs(schema, catalog, entries, definition, position),
        };
        let guard = Arc::new(FieldGuard { needs, elsewhere: elsewhere.contains(name) });
        let owners = std::iter::once(owner).chain(possible(schema, owner));
        for owner in owners {
            guards.entry(owner.into()).or_default().entry(field.into()).or_insert_with(|| Arc::clone(&guard));
        }
    }
    let refused = Need { any: Box::default(), optional: false };
    let refused = Arc::new(FieldGuard { needs: [refused].into(), elsewhere: false });
    for (owner, field) in secrets(schema) {
        guards.entry(owner.into()).or_default().entry(field.into()).or_insert_with(|| Arc::clone(&refused));
    }
    guards
}

/// Texts that are secrets by their names, but for those that mutations answer with: what reads their object is not meant
/// to read them, so that nobody may ask for one that no entry names.
fn secrets(schema: &Schema) -> impl Iterator<Item = (&str, &str)> {
    let definition = &schema.schema_definition;
    let roots = [&definition.query, &definition.mutation, &definition.subscription];
    let is_root = move |name: &str| roots.into_iter().flatten().any(|root| root.name == name);
    let objects = schema.types.values().filter_map(|kind| kind.as_object());
    let objects = objects.filter(move |object| !is_root(&object.name) && !object.name.ends_with("Payload"));
    objects.flat_map(|object| {
        let texts = object.fields.values().filter(|field| field.ty.inner_named_type() == "String");
        let names = texts.map(|field| field.name.as_str()).filter(|name| {
            let name = name.to_ascii_lowercase();
            SECRETS.iter().any(|secret| name.ends_with(secret))
        });
        names.map(|name| (object.name.as_str(), name))
    })
}

/// The guards of mutations that the catalogue knows, by the name of the field.
pub(super) fn mutations(schema: &Schema, catalog: &Catalog) -> HashMap<Box<str>, Arc<FieldGuard>> {
    let Some(root) = &schema.schema_definition.mutation else { return HashMap::new() };
    let mut guards = HashMap::new();
    for (class, entries) in rules::entries(catalog, GraphqlKind::Mutation) {
        let name = field_of(class);
        let Ok(field) = schema.type_field(&root.name, &name) else { continue };
        let needs = needs(schema, catalog, &entries, field, Position::Mutation);
        if needs.first().is_some_and(|main| !main.any.is_empty()) {
            guards.insert(name.into(), Arc::new(FieldGuard { needs, elsewhere: false }));
        }
    }
    for name in catalog.graphql_facts().public.iter().filter_map(|name| name.strip_prefix("Mutation.")) {
        guards.insert(name.into(), Arc::new(FieldGuard { needs: Box::default(), elsewhere: false }));
    }
    guards
}

/// The fields that anybody may ask for, by type.
pub(super) fn public(catalog: &Catalog) -> HashMap<Box<str>, Vec<Box<str>>> {
    let mut fields: HashMap<Box<str>, Vec<Box<str>>> = HashMap::new();
    for (owner, field) in catalog.graphql_facts().public.iter().filter_map(|name| name.split_once('.')) {
        fields.entry(owner.into()).or_default().push(field.into());
    }
    fields
}

/// The field's own need first, then one for each further container or object.
fn needs(
    schema: &Schema,
    catalog: &Catalog,
    entries: &[&GraphqlEntry],
    field: &FieldDefinition,
    position: Position,
) -> Box<[Need]> {
    let arguments = Arguments::of(schema, field);
    let own = entries.iter().filter_map(|entry| alternative(&arguments, entry, position));
    let own = Need { any: own.collect(), optional: false };
    let facts = catalog.graphql_facts();
    let read = own_arguments(&own);
    let record = arguments.record_of(&read);
    let mut further: Vec<&Argument<'_>> = Vec::new();
    if position == Position::Mutation {
        let stands_alone = |argument: &Argument<'_>| read.len() == 1 && read.contains(argument.name());
        further.extend(arguments.containers().filter(|argument| !stands_alone(argument)));
        let class = entries.first().map_or("", |entry| entry.name.as_str());
        further.extend(arguments.records(record, facts, class));
        let is_declared =
            |entry: &&GraphqlEntry| entry.boundaries.iter().any(|boundary| boundary.argument.is_some());
        let names_container = arguments.containers().any(|argument| read.contains(argument.name()));
        if names_container && !entries.iter().any(is_declared) {
            let id = arguments.id().filter(|id| !read.contains(id.name()));
            further.extend(id.filter(|id| !further.iter().any(|known| known.is(id))));
        }
    }
    for argument in entries.iter().flat_map(|entry| &entry.also_on).filter_map(|name| arguments.get(name)) {
        if !further.iter().any(|known| known.is(argument)) {
            further.push(argument);
        }
    }
    let further: Vec<Need> = further
        .into_iter()
        .filter_map(|argument| {
            // Without it there would be nothing to do: then the mutation's own permissions are about it, too.
            let is_its_own = !argument.is_optional() || record.is_some_and(|record| record.is_like(argument));
            match argument.linked(facts).filter(|_| !is_its_own) {
                Some(permission) => linked_need(catalog, permission, argument),
                None => further_need(catalog, entries, argument),
            }
        })
        .collect();
    std::iter::once(own).chain(further).collect()
}

/// The names of the arguments that a need reads.
fn own_arguments(need: &Need) -> BTreeSet<&str> {
    let sources = need.any.iter().flat_map(|alternative| &alternative.sources);
    let paths = sources.filter_map(|source| match source {
        Source::Argument(path) => path.steps.last(),
        Source::Parent(_) | Source::User | Source::Instance => None,
    });
    paths.map(|name| &**name).collect()
}

fn alternative(arguments: &Arguments<'_>, entry: &GraphqlEntry, position: Position) -> Option<Alternative> {
    let sources: Vec<Source> = match position {
        Position::Nested => {
            entry.boundaries.iter().filter_map(|boundary| nested_source(arguments, boundary)).collect()
        }
        Position::Query | Position::Mutation => root_sources(arguments, entry),
    };
    let permissions = entry.permission_ids.as_slice().into();
    (!sources.is_empty()).then(|| Alternative { permissions, sources: sources.into() })
}

fn nested_source(arguments: &Arguments<'_>, boundary: &GraphqlBoundary) -> Option<Source> {
    match (boundary.boundary, &boundary.argument) {
        (BoundaryType::User, _) => Some(Source::User),
        (BoundaryType::Instance, _) => Some(Source::Instance),
        (kind, None) => Some(Source::Parent(kind)),
        (kind, Some(name)) => arguments.get(name)?.path(kind).map(Source::Argument),
    }
}

/// Sources in the order of the boundaries. Where a record's id leads to a project or group, the same id leads to the
/// user or the instance: the record tells which of them it belongs to. An argument that an entry names without a method
/// is the container itself.
fn root_sources(arguments: &Arguments<'_>, entry: &GraphqlEntry) -> Vec<Source> {
    let is_container = |kind| matches!(kind, BoundaryType::Project | BoundaryType::Group);
    let mut containers = entry.boundaries.iter().filter(|boundary| is_container(boundary.boundary));
    let names_one =
        [BoundaryType::Project, BoundaryType::Group].into_iter().any(|kind| arguments.own(kind).is_some());
    let by_rule = |kind| match arguments.own(kind) {
        None if !names_one => arguments.record(),
        own => own,
    };
    let declared =
        |boundary: &GraphqlBoundary| boundary.argument.as_deref().and_then(|name| arguments.get(name));
    let argument = |boundary: &GraphqlBoundary| declared(boundary).or_else(|| by_rule(boundary.boundary));
    let names_record = |boundary: &&GraphqlBoundary| {
        let leads_on = declared(boundary).is_none() || boundary.method.is_some();
        leads_on && argument(boundary).is_some_and(Argument::names_record)
    };
    let record = containers.find(names_record).and_then(argument);
    let own_namespace = arguments.own(BoundaryType::Group).filter(|argument| argument.names_own_namespace());
    let sources = entry.boundaries.iter().filter_map(|boundary| match (boundary.boundary, record) {
        (BoundaryType::User, None) => match own_namespace {
            Some(argument) => argument.path(BoundaryType::User).map(Source::Argument),
            None => Some(Source::User),
        },
        (BoundaryType::Instance, None) => Some(Source::Instance),
        (kind @ (BoundaryType::User | BoundaryType::Instance), Some(record)) => {
            record.path(kind).map(Source::Argument)
        }
        (kind, _) => argument(boundary)?.path(kind).map(Source::Argument),
    });
    sources.collect()
}

/// What a linked record asks for: the permission to change what is like it, where it belongs.
fn linked_need(catalog: &Catalog, permission: PermissionId, argument: &Argument<'_>) -> Option<Need> {
    let boundaries = catalog.describe(permission).boundaries.iter();
    let kinds = boundaries.filter(|kind| matches!(kind, BoundaryType::Project | BoundaryType::Group));
    let sources = kinds.filter_map(|kind| argument.path(*kind)).map(Source::Argument).collect();
    let alternative = Alternative { permissions: [permission].into(), sources };
    Some(Need { any: [alternative].into(), optional: argument.is_optional() })
}

/// What a further container or object asks for: the same permissions, on it. A container of a kind that the permission
/// can't be granted on is never admitted, unless the entry is about no container at all.
fn further_need(catalog: &Catalog, entries: &[&GraphqlEntry], argument: &Argument<'_>) -> Option<Need> {
    let kinds = match argument.containers() {
        [] => &[BoundaryType::Project, BoundaryType::Group],
        kinds => kinds,
    };
    let about_containers = entries
        .iter()
        .flat_map(|entry| &entry.boundaries)
        .any(|boundary| matches!(boundary.boundary, BoundaryType::Project | BoundaryType::Group));
    let any = entries.iter().filter_map(|entry| {
        let grantable = |kind: BoundaryType| {
            entry.permission_ids.iter().all(|id| catalog.describe(*id).boundaries.contains(&kind))
        };
        let kinds = kinds.iter().filter(|kind| grantable(**kind));
        let sources: Vec<Source> =
            kinds.filter_map(|kind| argument.path(*kind)).map(Source::Argument).collect();
        let permissions = entry.permission_ids.as_slice().into();
        (!sources.is_empty()).then(|| Alternative { permissions, sources: sources.into() })
    });
    let any: Box<[Alternative]> = any.collect();
    (about_containers || !any.is_empty()).then(|| Need { any, optional: argument.is_optional() })
}

/// The field of a mutation's class: `jobPlay` of `JobPlay`.
pub(super) fn field_of(class: &str) -> String {
    let mut letters = class.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// The object types of an interface or union.
pub(super) fn possible<'s>(schema: &'s Schema, type_name: &'s str) -> impl Iterator<Item = &'s str> {
    let objects = schema.types.iter().filter_map(|(name, kind)| match kind {
        ExtendedType::Object(object) => Some((name, object)),
        _ => None,
    });
    let members = match schema.types.get(type_name) {
        Some(ExtendedType::Union(union)) => Some(&union.members),
        _ => None,
    };
    objects
        .filter(move |(name, object)| match members {
            Some(members) => members.contains(name.as_str()),
            None => object.implements_interfaces.contains(type_name),
        })
        .map(|(name, _)| name.as_str())
}
