//! `userPermissions`: what the viewer may do with an object.

use narrowgate_catalog::Role;
use serde_json::{Map, Value};

use super::Worldly;
use super::declared::object_type;
use super::item::Item;
use super::object::snake;

/// Abilities by the beginning of their name, and the role that has them; others are for developers.
const ROLES: [(&str, Role); 8] = [
    ("read", Role::Guest),
    ("createNote", Role::Guest),
    ("createIssue", Role::Guest),
    ("downloadCode", Role::Reporter),
    ("admin", Role::Maintainer),
    ("destroy", Role::Maintainer),
    ("delete", Role::Owner),
    ("remove", Role::Owner),
];

/// The permissions of the type that `userPermissions` has.
pub(super) fn of(served: &Worldly, item: &Item) -> Option<Item> {
    let world = served.forge.world();
    let role = served.role(&world, item.place);
    let name = object_type(&item.type_name)?.fields.get("userPermissions")?.ty.inner_named_type();
    let abilities = object_type(name)?.fields.keys().map(|ability| {
        let needs = ROLES
            .iter()
            .find(|(start, _)| ability.starts_with(start))
            .map_or(Role::Developer, |(_, role)| *role);
        let reads = ability.starts_with("read") && served.reads(&world, item.place, needs);
        (snake(ability), Value::Bool(reads || role >= needs))
    });
    let data: Map<String, Value> = abilities.collect();
    Some(Item { type_name: name.to_string(), place: item.place, data })
}
