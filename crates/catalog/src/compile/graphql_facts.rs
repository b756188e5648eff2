//! What is said of a GraphQL schema beside permissions, from all files.

use std::collections::{BTreeMap, BTreeSet};

use super::permissions::Permissions;
use super::place::{Errors, Located};
use super::raw::RawFacts;
use crate::{GraphqlEntry, GraphqlFacts, GraphqlKind, PermissionId};

pub(super) fn link(
    raw: RawFacts,
    entries: &[GraphqlEntry],
    permissions: &Permissions,
    errors: &mut Errors,
) -> GraphqlFacts {
    let guarded: BTreeSet<&str> = entries
        .iter()
        .filter(|entry| entry.kind == GraphqlKind::Type)
        .map(|entry| entry.name.as_str())
        .collect();
    let fields: BTreeSet<&str> = entries
        .iter()
        .filter(|entry| entry.kind == GraphqlKind::Field)
        .map(|entry| entry.name.as_str())
        .collect();
    for name in raw.parts.iter().chain(&raw.public) {
        if guarded.contains(name.value.as_str()) || fields.contains(name.value.as_str()) {
            errors.add(&name.place, format!("`{}` is guarded by a permission", name.value));
        }
    }
    let parts = names(raw.parts, errors);
    for name in raw.public.iter().filter(|name| parts.contains(&name.value)) {
        errors.add(&name.place, format!("`{}` is a part already", name.value));
    }
    let mut locators = BTreeMap::new();
    for (name, paths) in raw.locators {
        if locators.insert(name.value.clone(), paths).is_some() {
            errors.add(&name.place, format!("`{}` is located already", name.value));
        }
    }
    let referred = names(raw.referred, errors);
    let linked = linked(raw.linked, &referred, permissions, errors);
    GraphqlFacts {
        parts,
        public: names(raw.public, errors),
        elsewhere: names(raw.elsewhere, errors),
        locators,
        referred,
        linked,
    }
}

fn linked(
    list: Vec<(Located<String>, Located<String>)>,
    referred: &BTreeSet<String>,
    permissions: &Permissions,
    errors: &mut Errors,
) -> BTreeMap<String, PermissionId> {
    let mut linked = BTreeMap::new();
    for (name, permission) in list {
        if referred.contains(&name.value) {
            errors.add(&name.place, format!("`{}` is only referred to already", name.value));
        }
        let Some(id) = permissions.id(&permission.value) else {
            errors.add(&permission.place, format!("there is no permission `{}`", permission.value));
            continue;
        };
        if linked.insert(name.value.clone(), id).is_some() {
            errors.add(&name.place, format!("`{}` stands here twice", name.value));
        }
    }
    linked
}

fn names(list: Vec<Located<String>>, errors: &mut Errors) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for name in list {
        if !is_name(&name.value) {
            errors.add(&name.place, format!("`{}` is not the name of a type or field", name.value));
        }
        if !names.insert(name.value.clone()) {
            errors.add(&name.place, format!("`{}` stands here twice", name.value));
        }
    }
    names
}

fn is_name(name: &str) -> bool {
    name.split('.').count() <= 2
        && name.split('.').all(|word| {
            word.starts_with(|first: char| first.is_ascii_alphabetic())
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
}
