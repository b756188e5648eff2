//! From GraphQL entries to what guards the schema.

use std::collections::HashMap;

use super::graphql_expression::at;
use super::permissions::{self, Permissions};
use super::place::{Errors, Place};
use super::raw::{RawGraphql, RawResource};
use crate::{BoundaryType, GraphqlBoundary, GraphqlEntry, GraphqlKind, PermissionId};

pub(super) fn link(
    resources: &[RawResource],
    permissions: &Permissions,
    errors: &mut Errors,
) -> Vec<GraphqlEntry> {
    let mut entries = Vec::new();
    let mut claimed: HashMap<(GraphqlKind, String, PermissionId), Place> = HashMap::new();
    for resource in resources {
        for action in &resource.actions {
            let Some(own) = permissions.id(&permissions::name(resource, action)) else { continue };
            for raw in &action.graphql {
                let key = (raw.kind, raw.name.clone(), own);
                if let Some(earlier) = claimed.insert(key, raw.place.clone()) {
                    let message =
                        format!("`{}` is claimed already at {}:{}", raw.name, earlier.file, earlier.line);
                    errors.add(&raw.place, message);
                }
                entries.push(entry(raw, own, permissions, errors));
            }
        }
    }
    entries.sort_by(|a, b| (a.kind, &a.name, &a.permission_ids).cmp(&(b.kind, &b.name, &b.permission_ids)));
    entries
}

fn entry(
    raw: &RawGraphql,
    own: PermissionId,
    permissions: &Permissions,
    errors: &mut Errors,
) -> GraphqlEntry {
    let mut permission_ids = vec![own];
    for name in &raw.also {
        match permissions.id(&name.value) {
            Some(id) => permission_ids.push(id),
            None => errors.add(&name.place, format!("there is no permission `{}`", name.value)),
        }
    }
    let allowed = permissions.list.get(own.index()).map_or(&[][..], |own| &own.boundaries);
    let wanted = if raw.boundaries.is_empty() { allowed } else { &raw.boundaries };
    if let Some(wrong) = wanted.iter().find(|boundary| !allowed.contains(boundary)) {
        errors.add(&raw.place, format!("the permission has no boundary `{wrong}`"));
    }
    if !wanted.is_sorted() {
        errors.add(&raw.place, "boundaries stand in the order project, group, user, instance");
    }
    let boundaries = wanted.iter().enumerate().map(|(index, boundary)| boundary_at(raw, index, *boundary));
    if raw.kind == GraphqlKind::Type && !raw.also_on.is_empty() {
        errors.add(&raw.place, "a type has no arguments");
    }
    GraphqlEntry {
        kind: raw.kind,
        name: raw.name.clone(),
        permission_ids,
        boundaries: boundaries.collect(),
        also_on: raw.also_on.iter().map(|argument| argument.value.clone()).collect(),
    }
}

fn boundary_at(raw: &RawGraphql, index: usize, boundary: BoundaryType) -> GraphqlBoundary {
    GraphqlBoundary { boundary, argument: at(&raw.arguments, index), method: at(&raw.methods, index) }
}
