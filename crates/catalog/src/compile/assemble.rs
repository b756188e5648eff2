//! From files to a catalogue, or to every mistake in them.

use std::collections::HashMap;

use super::operations::{self, Linked, Names, Other};
use super::place::{Errors, Located};
use super::raw::{Raw, RawLookup};
use super::{CatalogErrors, SourceFile, graphql, graphql_facts, permissions, read};
use crate::route::template::Segment;
use crate::route::{Leaf, RouterBuilder};
use crate::{Argument, Catalog, Lookup, LookupId, Operation, Source};

/// Compiles files; later ones may add to earlier ones.
pub(crate) fn compile(files: &[SourceFile]) -> Result<Catalog, CatalogErrors> {
    let mut errors = Errors::default();
    let mut raw = Raw::default();
    for file in files {
        read::read(file, &mut raw, &mut errors);
    }
    let catalog = link(&mut raw, files.len(), &mut errors);
    let errors = errors.into_sorted();
    if errors.is_empty() { Ok(catalog) } else { Err(CatalogErrors(errors)) }
}

fn link(raw: &mut Raw, sources: usize, errors: &mut Errors) -> Catalog {
    let (lookups, lookup_ids) = link_lookups(std::mem::take(&mut raw.lookups), errors);
    let global_ids = link_global_ids(std::mem::take(&mut raw.global_ids), &lookups, &lookup_ids, errors);
    let permissions = permissions::link(&raw.resources, errors);
    let graphql = graphql::link(&raw.resources, &permissions, errors);
    let graphql_facts = graphql_facts::link(std::mem::take(&mut raw.graphql), &graphql, &permissions, errors);
    let names = Names { permissions: &permissions, lookups: &lookup_ids, declared: &lookups };
    let linked = operations::link(raw, &names, errors);
    let mut catalog = Catalog { sources, graphql, graphql_facts, lookups, global_ids, ..Catalog::default() };
    let mut router = RouterBuilder::default();
    for Linked { operation, variants, other } in linked {
        for variant in &variants {
            router.insert(operation.method, variant, leaf(&operation, variant));
        }
        match other {
            Some(Other::Repository(key)) => drop(catalog.repository.insert(key, operation.id)),
            Some(Other::Registry(key)) => drop(catalog.registry.insert(key, operation.id)),
            None => {}
        }
        catalog.operations.push(operation);
    }
    catalog.router = router.build();
    catalog.permissions = permissions.list;
    catalog.permission_ids = permissions.ids;
    catalog
}

fn link_lookups(mut raw: Vec<RawLookup>, errors: &mut Errors) -> (Vec<Lookup>, HashMap<String, LookupId>) {
    raw.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let mut lookups = Vec::new();
    let mut ids = HashMap::new();
    for RawLookup { name, about, arguments, answer, otherwise } in raw {
        let Some(id) = LookupId::new(lookups.len()) else { break };
        if ids.insert(name.value.clone(), id).is_some() {
            errors.add(&name.place, format!("look-up `{}` is declared already", name.value));
        }
        lookups.push(Lookup { id, name: name.value, about, arguments, answer, otherwise });
    }
    (lookups, ids)
}

fn link_global_ids(
    raw: Vec<(Located<String>, Located<String>)>,
    lookups: &[Lookup],
    ids: &HashMap<String, LookupId>,
    errors: &mut Errors,
) -> HashMap<String, LookupId> {
    let mut models = HashMap::new();
    for (model, name) in raw {
        let Some(id) = ids.get(&name.value) else {
            errors.add(&name.place, format!("there is no look-up `{}`", name.value));
            continue;
        };
        if lookups.get(id.index()).is_some_and(|lookup| lookup.arguments.len() != 1) {
            errors.add(&name.place, format!("look-up `{}` has more than one argument", name.value));
        }
        if models.insert(model.value.clone(), *id).is_some() {
            errors.add(&model.place, format!("global ids of `{}` are looked up already", model.value));
        }
    }
    models
}

fn leaf(operation: &Operation, variant: &[Segment]) -> Leaf {
    let position =
        |name: &str| operation.parameters.iter().position(|parameter| parameter == name).unwrap_or(0);
    let captures = variant.iter().flat_map(Segment::captures);
    let slots: Box<[u8]> = captures.filter_map(|name| u8::try_from(position(name)).ok()).collect();
    let in_order = slots.iter().enumerate().all(|(index, slot)| usize::from(*slot) == index);
    let last = variant.last();
    let ends_in_container = match last {
        Some(Segment::Param(name)) => names_container(operation, position(name)),
        _ => false,
    };
    Leaf {
        operation: operation.id,
        slots: (!in_order).then_some(slots),
        ends_static: matches!(last, Some(Segment::Static(_))),
        ends_in_parameter: matches!(last, Some(Segment::Param(_))),
        ends_in_container,
    }
}

/// Whether a boundary of the operation is found through the parameter at a position.
fn names_container(operation: &Operation, position: usize) -> bool {
    let boundaries = operation.needs().iter().flat_map(|need| &need.boundaries);
    boundaries.into_iter().any(|boundary| match &boundary.source {
        Source::Path { index, .. } => *index == position,
        Source::Lookup(lookup) => {
            lookup.arguments.iter().any(|(_, argument)| *argument == Argument::Path(position))
        }
        Source::Query { .. } | Source::Body { .. } | Source::Owner | Source::Instance => false,
    })
}
