//! Records by their shelves.

use serde_json::Value;

use super::Worldly;
use super::declared::{From, Plan};
use super::item::{Found, Item};
use super::object::{Arguments, snake, text};
use super::wanted::is_wanted;
use crate::graphql::gid;
use crate::world::{Container, Record, Shelf, World, is_named};

/// Records that notes lie below: the kind, and what notes call it.
pub(super) const NOTEABLES: [(&str, &str); 4] =
    [("issue", "Issue"), ("merge_request", "MergeRequest"), ("snippet", "Snippet"), ("epic", "Epic")];

/// What a plan of records leads to.
pub(super) fn find(served: &Worldly, item: &Item, plan: &'static Plan, arguments: &Arguments) -> Found {
    let world = served.forge.world();
    match plan {
        Plan::List { kind, from, filter, ids } => {
            let records = shelves(&world, item, kind, *from);
            let kept = records.into_iter().filter(|(place, record)| {
                served.sees(&world, kind, *place, record)
                    && filter.as_ref().is_none_or(|path| points_at(record, path, item.number()))
                    && ids.as_ref().is_none_or(|key| names(item, key, record))
                    && is_wanted(kind, record, arguments)
                    && (*from != From::Inside || reaches(&world, item.place, *place, arguments))
            });
            let mut items: Vec<Item> =
                kept.map(|(place, record)| Item::of_record(kind, place, record)).collect();
            items.sort_by_key(|it| std::cmp::Reverse(it.number()));
            Found::Many(items)
        }
        Plan::Find { kind, key, argument } => {
            let number = key.as_ref().map(|key| item.at(key).map(plain));
            let (names, wanted, from) = match (number, argument) {
                (Some(Some(number)), _) => (vec!["id".to_owned()], number, From::Everywhere),
                (None, Some(named)) => {
                    let mut given = named.split(' ').filter_map(|name| Some((name, text(arguments, name)?)));
                    let Some((argument, given)) = given.next() else { return Found::One(None) };
                    let number =
                        gid::parse(given).map_or_else(|| given.to_owned(), |(_, number)| number.to_string());
                    let from = if item.place == Container::Instance { From::Everywhere } else { From::Own };
                    (vec![snake(argument)], number, from)
                }
                // The one record of its kind that a place has.
                (None, None) => (Vec::new(), String::new(), From::Own),
                _ => return Found::One(None),
            };
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut records = shelves(&world, item, kind, from).into_iter();
            let found = records.find(|(place, record)| {
                (names.is_empty() || is_named(record, &names, &wanted))
                    && served.sees(&world, kind, *place, record)
            });
            Found::One(found.map(|(place, record)| Item::of_record(kind, place, record)))
        }
        Plan::Key(_) | Plan::Same | Plan::Mutation { .. } => Found::Nothing,
    }
}

/// Whether a group's list, with these arguments, reaches so far down.
fn reaches(world: &World, group: Container, place: Container, arguments: &Arguments) -> bool {
    if text(arguments, "membership") == Some("DIRECT") {
        return place == group;
    }
    arguments.get("includeSubgroups") != Some(&Value::Bool(false))
        || above(world, place).into_iter().find(|above| *above != place).is_none_or(|above| above == group)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The records of a kind that lie where a list looks for them.
fn shelves<'w>(
    world: &'w World,
    item: &Item,
    kind: &'static str,
    from: From,
) -> Vec<(Container, &'w Record)> {
    let on = |shelf: Shelf| world.shelf(shelf).iter().map(move |record| (shelf.container, record));
    let everywhere = || world.everywhere(kind).map(|(shelf, record)| (shelf.container, record));
    match (from, item.place) {
        (From::Everywhere, _) | (From::Own, Container::Instance) => everywhere().collect(),
        (From::Own, place) => on(Shelf::new(kind, place)).collect(),
        (From::Below, place) => on(Shelf::below(kind, place, item.number())).collect(),
        (From::Above, place) => {
            above(world, place).into_iter().flat_map(|it| on(Shelf::new(kind, it))).collect()
        }
        (From::Inside, Container::Group(group)) => {
            let inside = everywhere().filter(|(place, _)| is_inside(world, *place, group));
            inside.collect()
        }
        (From::Inside, place) => on(Shelf::new(kind, place)).collect(),
    }
}

/// A place and the groups above it.
pub(super) fn above(world: &World, place: Container) -> Vec<Container> {
    let groups = match place {
        Container::Project(id) => {
            world.projects.get(&id).map(|project| world.project_chain(project)).unwrap_or_default()
        }
        Container::Group(id) => world.group_chain(id),
        Container::User(_) | Container::Instance => Vec::new(),
    };
    let itself = Some(place).filter(|place| !matches!(place, Container::Group(_)));
    itself.into_iter().chain(groups.into_iter().map(Container::Group)).collect()
}

/// Whether a place is a group or lies in it.
pub(super) fn is_inside(world: &World, place: Container, group: u64) -> bool {
    above(world, place).contains(&Container::Group(group))
}

/// Whether the number at a path of a record is this one; a list counts by each of its items.
fn points_at(record: &Record, path: &str, number: u64) -> bool {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let leads = |value: &Value| {
        let end = if rest.is_empty() { Some(value) } else { value.get(rest) };
        end.and_then(Value::as_u64) == Some(number)
    };
    match record.get(first) {
        Some(Value::Array(values)) => values.iter().any(leads),
        Some(value) => leads(value),
        None => false,
    }
}

/// Whether the list of numbers at a key of an item has that of a record.
fn names(item: &Item, key: &str, record: &Record) -> bool {
    let numbers = item.at(key).and_then(Value::as_array);
    numbers.is_some_and(|numbers| record.get("id").is_some_and(|id| numbers.contains(id)))
}

/// The record of a kind with this number, wherever it lies: its shelf and a copy.
pub(super) fn numbered(world: &World, kind: &'static str, number: u64) -> Option<(Shelf, Record)> {
    let mut records = world.everywhere(kind);
    let found = records.find(|(_, record)| record.get("id").and_then(Value::as_u64) == Some(number));
    found.map(|(shelf, record)| (shelf, record.clone()))
}
