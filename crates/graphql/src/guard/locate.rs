//! How objects of a type tell where they belong: as the catalogue says, else by the fields that such types have.

use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::schema::{ExtendedType, FieldDefinition, ObjectType};
use narrowgate_catalog::{BoundaryType, GraphqlEntry, GraphqlFacts, GraphqlLocator};

use super::{Locator, Probe, ProbeStep, Reads};

/// Fields that lead to the container, in the order in which they are looked for.
const PROJECT: [&[&str]; 4] =
    [&["project", "id"], &["projectId"], &["targetProject", "id"], &["targetProjectId"]];
const GROUP: [&[&str]; 2] = [&["group", "id"], &["groupId"]];
const NAMESPACE: [&[&str]; 2] = [&["namespace", "fullPath"], &["resourceParent", "id"]];
const PAGE: [&[&str]; 2] = [&["webPath"], &["webUrl"]];

/// The locators of a guarded type.
pub(super) fn locators(
    schema: &Schema,
    facts: &GraphqlFacts,
    object: &ObjectType,
    entries: &[&GraphqlEntry],
) -> Box<[Locator]> {
    match facts.locators.get(object.name.as_str()) {
        Some(declared) => {
            declared.iter().filter_map(|locator| declared_locator(schema, object, locator)).collect()
        }
        None => by_rule(schema, object, entries),
    }
}

fn declared_locator(schema: &Schema, object: &ObjectType, locator: &GraphqlLocator) -> Option<Locator> {
    match locator {
        GraphqlLocator::Inherit => Some(Locator::Inherit),
        GraphqlLocator::Path(steps) => {
            let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
            probe(schema, object, &steps).map(Locator::Probe)
        }
    }
}

/// One probe for each kind of container; where there is none, the object belongs where the one above it does.
fn by_rule(schema: &Schema, object: &ObjectType, entries: &[&GraphqlEntry]) -> Box<[Locator]> {
    let boundaries = || entries.iter().flat_map(|entry| &entry.boundaries);
    let wants = |kind: BoundaryType| boundaries().any(|boundary| boundary.boundary == kind);
    let (project, group) = (wants(BoundaryType::Project), wants(BoundaryType::Group));
    if !project && !group {
        return Box::default();
    }
    if boundaries().any(|boundary| boundary.method.as_deref() == Some("itself")) {
        return probe(schema, object, &["id"]).map(Locator::Probe).into_iter().collect();
    }
    let find = |paths: &[&[&str]]| paths.iter().find_map(|path| probe(schema, object, path));
    let named = |kind: BoundaryType| {
        let methods = boundaries().filter(move |boundary| boundary.boundary == kind);
        methods.filter_map(|boundary| boundary.method.as_deref()).find_map(|method| {
            probe(schema, object, &[method, "id"]).filter(|probe| leads_to_container(schema, object, probe))
        })
    };
    let mut probes = Vec::new();
    if project {
        probes.extend(named(BoundaryType::Project).or_else(|| find(&PROJECT)));
    }
    if group {
        probes.extend(named(BoundaryType::Group).or_else(|| find(&GROUP)));
    }
    let found = probes.len();
    if found < usize::from(project) + usize::from(group) {
        probes.extend(find(&NAMESPACE).or_else(|| find(&PAGE)));
    }
    if probes.is_empty() {
        return Box::new([Locator::Inherit]);
    }
    probes.into_iter().map(Locator::Probe).collect()
}

/// Whether the first field of a probe has a project or group for its value.
fn leads_to_container(schema: &Schema, object: &ObjectType, probe: &Probe) -> bool {
    let first = probe.steps.first().and_then(|step| field(schema, &object.name, &step.field));
    first.is_some_and(|first| matches!(first.ty.inner_named_type().as_str(), "Project" | "Group"))
}

/// A probe along fields, if the schema has them all and they can be asked for.
fn probe(schema: &Schema, object: &ObjectType, path: &[&str]) -> Option<Probe> {
    let (last, above) = path.split_last()?;
    let mut type_name = object.name.as_str();
    for step in above {
        let value = field(schema, type_name, step)?.ty.inner_named_type();
        let is_composite =
            matches!(schema.types.get(value), Some(ExtendedType::Object(_) | ExtendedType::Interface(_)));
        type_name = is_composite.then_some(value.as_str())?;
    }
    let value = field(schema, type_name, last)?.ty.inner_named_type().as_str();
    let is_leaf = matches!(schema.types.get(value), Some(ExtendedType::Scalar(_)));
    let steps = path.iter().map(|step| ProbeStep { field: (*step).into(), on: None }).collect();
    is_leaf.then_some(Probe { steps, reads: reads(type_name, last, value)? })
}

/// A field that needs no arguments and is no list.
fn field<'s>(schema: &'s Schema, type_name: &str, name: &str) -> Option<&'s FieldDefinition> {
    let field = schema.type_field(type_name, name).ok()?;
    let is_plain = matches!(field.ty, Type::Named(_) | Type::NonNullNamed(_));
    (is_plain && field.arguments.iter().all(|argument| !argument.is_required())).then_some(&**field)
}

/// How the value of a field names a place; `None` where it doesn't.
fn reads(type_name: &str, field: &str, scalar: &str) -> Option<Reads> {
    match (field, scalar) {
        ("id", _) => Some(Reads::GlobalId),
        ("fullPath", _) => Some(match type_name {
            "Project" => Reads::ProjectPath,
            "Group" => Reads::GroupPath,
            _ => Reads::FullPath,
        }),
        ("projectId" | "targetProjectId", "Int") => Some(Reads::ProjectId),
        ("groupId", "Int") => Some(Reads::GroupId),
        ("projectId" | "targetProjectId" | "groupId", _) => Some(Reads::GlobalId),
        _ if field.to_ascii_lowercase().ends_with("path") || field.to_ascii_lowercase().ends_with("url") => {
            Some(Reads::Page)
        }
        _ => None,
    }
}
