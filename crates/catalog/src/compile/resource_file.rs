//! A resource file: `resource`, `category`, `about`, and a table per action.

use super::fields::Fields;
use super::place::{Errors, Located};
use super::raw::{RawAction, RawGraphql, RawResource};
use super::{graphql_entry, names, route_entry};
use crate::{GraphqlKind, RegistryOperation, RepositoryKind, RepositoryOperation, RepositoryService};

pub(super) fn read(mut fields: Fields<'_, '_>, errors: &mut Errors) -> Option<RawResource> {
    let resource = fields.text(errors, "resource");
    let category = fields.text(errors, "category");
    let about = fields.text(errors, "about");
    let mut actions = Vec::new();
    while let Some((action, value)) = fields.take_next() {
        if let Some(table) = fields.as_table(value, action.place.clone(), errors) {
            actions.push(read_action(action, table, errors));
        }
    }
    Some(RawResource { resource: resource?, category, about, actions })
}

fn read_action(action: Located<String>, mut fields: Fields<'_, '_>, errors: &mut Errors) -> RawAction {
    let boundaries = fields.texts(errors, "boundaries");
    let boundaries =
        boundaries.iter().filter_map(|text| errors.note(&text.place, names::boundary(&text.value)));
    let boundaries = boundaries.collect();
    let role = fields.text(errors, "role").and_then(|text| {
        errors.note(&text.place, names::role(&text.value)).map(|value| Located { value, place: text.place })
    });
    let dangerous = fields.flag(errors, "dangerous");
    let routes = fields.list(errors, "rest");
    let routes =
        routes.into_iter().filter_map(|(place, item)| route_entry::read(item, place, &fields, errors));
    let routes = routes.collect();
    let graphql = read_graphql(&mut fields, errors);
    let mut repository = read_words(&mut fields, "git", &repository_operations(false), errors);
    repository.extend(read_words(&mut fields, "lfs", &repository_operations(true), errors));
    let registry = RegistryOperation::ALL.map(|operation| (operation.as_str().to_owned(), operation));
    let registry = read_words(&mut fields, "registry", &registry, errors);
    fields.finish(errors);
    RawAction { action, boundaries, role, dangerous, routes, graphql, repository, registry }
}

fn read_graphql(fields: &mut Fields<'_, '_>, errors: &mut Errors) -> Vec<RawGraphql> {
    let keys =
        [("types", GraphqlKind::Type), ("fields", GraphqlKind::Field), ("mutations", GraphqlKind::Mutation)];
    let mut entries = Vec::new();
    for (key, kind) in keys {
        for (place, item) in fields.list(errors, key) {
            entries.extend(graphql_entry::read(item, place, kind, fields, errors));
        }
    }
    entries
}

fn repository_operations(lfs: bool) -> Vec<(String, RepositoryOperation)> {
    let all = RepositoryKind::ALL.into_iter().flat_map(|repository| {
        RepositoryService::ALL.into_iter().map(move |service| RepositoryOperation { service, repository })
    });
    all.filter(|operation| operation.service.is_lfs() == lfs)
        .map(|operation| (operation.to_string(), operation))
        .collect()
}

/// The items of a list of known words.
fn read_words<T: Copy>(
    fields: &mut Fields<'_, '_>,
    key: &str,
    known: &[(String, T)],
    errors: &mut Errors,
) -> Vec<Located<T>> {
    let mut found = Vec::new();
    for text in fields.texts(errors, key) {
        match known.iter().find(|(word, _)| *word == text.value) {
            Some((_, value)) => found.push(Located { value: *value, place: text.place }),
            None => errors.add(&text.place, format!("`{}` is not an operation of `{key}`", text.value)),
        }
    }
    found
}
