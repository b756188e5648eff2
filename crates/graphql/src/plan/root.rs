//! The root of a plan: what is known before anything is forwarded.

use std::sync::Arc;

use apollo_compiler::executable::{Operation, SelectionSet};
use apollo_compiler::{Name, ast};
use narrowgate_catalog::BoundaryType;

use super::tree::Builder;
use super::{Container, Field, Guarded, Kind, Object, PlanError, Root};
use crate::guard::{Alternative, ArgumentPath, Class, FieldGuard, Names, Need, Source};

/// Arguments of root fields that name the project or group that is returned.
const OWN: [(&str, Names); 2] = [("fullPath", Names::FullPath), ("id", Names::GlobalId)];

/// The root object, and what is known of each of its fields: their variables are indices into the operation's.
pub(super) fn root<'d>(
    guarded: &Guarded<'d>,
    builder: &mut Builder<'d>,
    operation: &'d Operation,
    kind: Kind,
) -> Result<(Object, Vec<Root>), PlanError> {
    let name = &operation.selection_set.ty;
    let sets: [&'d SelectionSet; 1] = [&operation.selection_set];
    let (mut fields, mut roots) = (Vec::new(), Vec::new());
    for (key, group) in builder.collector.collect(name, &sets)? {
        let mut field = builder.field(name, key, &group)?;
        let mut root = known(guarded, name, &field, kind);
        let definition = builder.definition(name, &field.name)?;
        root.container = container(guarded, definition);
        let own = root.container.as_ref().map(|container| reading(&container.argument));
        let needs = root.guard.iter().flat_map(|guard| &guard.needs).chain(&own);
        field.values = builder.writer.values(definition, group.first(), needs)?;
        if let Some(first) = group.first().filter(|_| kind == Kind::Query) {
            builder.mark_filtered(&mut field, first);
            // What arguments name is decided before, and each object after.
            if field.sought_by.is_empty() {
                field.counts = [].into();
            }
        }
        root.variables = builder.writer.take_used().into_iter().collect();
        fields.push(field);
        roots.push(root);
    }
    let root =
        Object { type_name: name.as_str().into(), class: Class::Structural, fields, located_by: [].into() };
    Ok((root, roots))
}

fn known(guarded: &Guarded<'_>, parent: &Name, field: &Field, kind: Kind) -> Root {
    let guards = guarded.guards;
    let guard: Option<&Arc<FieldGuard>> = match kind {
        Kind::Query => guards.field(parent, &field.name),
        Kind::Mutation => guards.mutation(&field.name),
    };
    let is_covered = field.name.starts_with("__")
        || match kind {
            Kind::Query => !guards.coverage().queries.iter().any(|name| **name == *field.name),
            Kind::Mutation => guard.is_some(),
        };
    Root { is_covered, guard: guard.cloned(), container: None, variables: [].into() }
}

/// The rules of the project or group that a field returns, and the argument that names it.
fn container(guarded: &Guarded<'_>, definition: &ast::FieldDefinition) -> Option<Container> {
    let (ast::Type::Named(name) | ast::Type::NonNullNamed(name)) = &definition.ty else { return None };
    let boundary = match name.as_str() {
        "Project" => BoundaryType::Project,
        "Group" => BoundaryType::Group,
        _ => return None,
    };
    let Class::Guarded(guard) = guarded.guards.class(name) else { return None };
    let (argument, names) = OWN.into_iter().find(|(name, _)| definition.argument_by_name(name).is_some())?;
    let argument = ArgumentPath { steps: [argument.into()].into(), names, boundary };
    Some(Container { rules: guard.rules.clone(), argument })
}

/// A need that reads an argument and asks for nothing.
fn reading(argument: &ArgumentPath) -> Need {
    let source = Source::Argument(argument.clone());
    let alternative = Alternative { permissions: [].into(), sources: [source].into() };
    Need { any: [alternative].into(), optional: true }
}

/// Nothing that isn't asked for is in a plan: no variables but those that are used.
pub(super) fn used_variables(roots: &mut [Root], operation: &Operation) -> Vec<usize> {
    let mut used: Vec<usize> = roots.iter().flat_map(|root| root.variables.iter().copied()).collect();
    used.sort_unstable();
    used.dedup();
    used.retain(|index| *index < operation.variables.len());
    for root in roots {
        root.variables = root.variables.iter().filter_map(|index| used.binary_search(index).ok()).collect();
    }
    used
}
