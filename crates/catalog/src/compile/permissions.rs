//! From resource files to permissions.

use std::collections::{BTreeMap, HashMap};

use super::names;
use super::place::{Errors, Place};
use super::raw::{RawAction, RawResource};
use crate::{BoundaryType, Permission, PermissionId, Role};

/// The permissions by id, and their ids by name.
pub(super) struct Permissions {
    pub(super) list: Vec<Permission>,
    pub(super) ids: HashMap<String, PermissionId>,
}

impl Permissions {
    pub(super) fn id(&self, name: &str) -> Option<PermissionId> {
        self.ids.get(name).copied()
    }
}

/// The name of an action's permission.
pub(super) fn name(resource: &RawResource, action: &RawAction) -> String {
    format!("{}_{}", action.action.value, names::snake(&resource.resource.value))
}

struct Draft {
    action: String,
    resource: String,
    boundaries: Vec<BoundaryType>,
    role: Option<Role>,
    dangerous: bool,
    place: Place,
}

#[derive(Default)]
struct Described {
    shown: String,
    category: String,
    about: String,
}

pub(super) fn link(resources: &[RawResource], errors: &mut Errors) -> Permissions {
    let described = describe(resources, errors);
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    for resource in resources {
        for action in &resource.actions {
            errors.note(&action.action.place, names::check_snake(&action.action.value));
            draft(&mut drafts, resource, action);
        }
    }
    let mut permissions = Permissions { list: Vec::new(), ids: HashMap::new() };
    for (name, draft) in drafts {
        check(&name, &draft, errors);
        let Some(id) = PermissionId::new(permissions.list.len()) else {
            errors.add(&draft.place, format!("more than {} permissions", PermissionId::LIMIT));
            break;
        };
        permissions.ids.insert(name.clone(), id);
        permissions.list.push(finish(id, name, draft, &described));
    }
    permissions
}

/// What each resource is; a file that adds to a resource need not repeat it.
fn describe(resources: &[RawResource], errors: &mut Errors) -> HashMap<String, Described> {
    let mut described: HashMap<String, Described> = HashMap::new();
    for resource in resources {
        let snake = names::snake(&resource.resource.value);
        errors.note(&resource.resource.place, names::check_snake(&snake));
        let known = described.contains_key(&snake);
        for (key, given) in [("category", &resource.category), ("about", &resource.about)] {
            if given.is_none() && !known {
                errors.add(&resource.resource.place, format!("`{key}` is missing"));
            }
        }
        let entry = described
            .entry(snake)
            .or_insert_with(|| Described { shown: resource.resource.value.clone(), ..Described::default() });
        if let Some(category) = &resource.category {
            entry.category.clone_from(&category.value);
        }
        if let Some(about) = &resource.about {
            entry.about.clone_from(&about.value);
        }
    }
    described
}

fn draft(drafts: &mut BTreeMap<String, Draft>, resource: &RawResource, action: &RawAction) {
    let draft = drafts.entry(name(resource, action)).or_insert_with(|| Draft {
        action: action.action.value.clone(),
        resource: names::snake(&resource.resource.value),
        boundaries: Vec::new(),
        role: None,
        dangerous: false,
        place: action.action.place.clone(),
    });
    draft.boundaries.extend(&action.boundaries);
    draft.boundaries.sort_unstable();
    draft.boundaries.dedup();
    draft.dangerous |= action.dangerous;
    if let Some(role) = &action.role {
        draft.role = Some(role.value);
    }
}

fn check(name: &str, draft: &Draft, errors: &mut Errors) {
    if draft.boundaries.is_empty() {
        errors.add(&draft.place, format!("`{name}` has no boundary"));
    }
    if draft.role.is_none() && draft.boundaries.iter().any(|boundary| *boundary <= BoundaryType::Group) {
        errors.add(&draft.place, format!("`{name}` has no role"));
    }
}

fn finish(
    id: PermissionId,
    name: String,
    draft: Draft,
    described: &HashMap<String, Described>,
) -> Permission {
    let ambient =
        if draft.boundaries.contains(&BoundaryType::Instance) { Role::Admin } else { Role::NoAccess };
    let known = described.get(&draft.resource);
    let text = |part: fn(&Described) -> &String| known.map(part).cloned().unwrap_or_default();
    Permission {
        id,
        name,
        action: names::title(&draft.action),
        resource: text(|described| &described.shown),
        category: text(|described| &described.category),
        about: text(|described| &described.about),
        boundaries: draft.boundaries,
        role: draft.role.unwrap_or(ambient),
        dangerous: draft.dangerous,
    }
}
