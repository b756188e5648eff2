//! Mutations, with their effects.

use apollo_compiler::resolvers::FieldError;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::Worldly;
use super::declared::{DECLARED, Does, On, Renames};
use super::item::Item;
use super::object::{Arguments, text};
use super::records::numbered;
use super::rest::encode;
use super::{deeds, input, notes};
use crate::graphql::gid;
use crate::http::iso;
use crate::view;
use crate::world::{Container, Record, Shelf, World, object};

/// What GitLab says to everything that may not be done or is not there.
const REFUSED: &str = "The resource that you are attempting to access does not exist or you don't have permission to perform this action";

pub(super) fn refused() -> FieldError {
    FieldError { message: REFUSED.to_owned() }
}

/// Performs a mutation; what it answers.
pub(super) fn perform(
    served: &Worldly,
    name: &str,
    does: &'static Does,
    shows: Option<&str>,
    arguments: &Arguments,
) -> Result<Item, FieldError> {
    if served.viewer.user.is_none() || !served.viewer.has("api") {
        return Err(refused());
    }
    let empty = Arguments::new();
    let input = arguments.get("input").and_then(Value::as_object).unwrap_or(&empty);
    let (item, errors) = match does {
        Does::Change { kind, needs, set, renames } => {
            (Some(change(served, kind, *needs, set, &renamed(input, renames))?), vec![])
        }
        Does::Drop { kind, needs } => (Some(drop_record(served, kind, *needs, input)?), vec![]),
        Does::Make { kind, needs, on, set, renames } => {
            let place = place_for(served, input, *on, *needs)?;
            (Some(make(served, kind, place, set, &renamed(input, renames))), vec![])
        }
        Does::Keep { kind, needs, on } => {
            let place = place_for(served, input, *on, *needs)?;
            (Some(keep(served, kind, place, input)), vec![])
        }
        Does::Other(what) => (Some(deeds::perform(served, what, input)?), vec![]),
        Does::Rest { method, path, kind, renames } => {
            match rest(served, [method, path], kind.as_deref(), renames, input)? {
                Ok(item) => (item, vec![]),
                Err(message) => (None, vec![message]),
            }
        }
    };
    let place = item.as_ref().map_or(Container::Instance, |item| item.place);
    let mut initial = name.chars();
    let first = initial.next().map(|it| it.to_ascii_uppercase());
    let type_name: String = first.into_iter().chain(initial).collect::<String>() + "Payload";
    let mut data = json!({ "errors": errors, "client_mutation_id": text(input, "clientMutationId") });
    if let (Some(shows), Some(item)) = (shows, item) {
        let key = super::object::snake(shows);
        // A secret is shown as such rather than inside what it belongs to.
        let text = item.data.get(&key).filter(|it| it.is_string()).cloned();
        view::extend(&mut data, json!({ (key): text.unwrap_or(Value::Object(item.data)) }));
    }
    Ok(Item::new(&type_name, place, data))
}

/// The input with the names that records use.
fn renamed(input: &Arguments, renames: &Renames) -> Arguments {
    let name =
        |name: &String| renames.iter().find(|(from, _)| from == name).map_or(name, |(_, to)| to).clone();
    input.iter().map(|(key, value)| (name(key), value.clone())).collect()
}

/// The record that an input names: by its global id, or by its number within a project or group.
pub(super) fn target(served: &Worldly, kind: &'static str, input: &Arguments) -> Option<(Shelf, Record)> {
    if kind == "note" {
        return notes::find(served, gid::parse(text(input, "id")?)?.1);
    }
    let world = served.forge.world();
    let (shelf, record) = match text(input, "id").and_then(gid::parse) {
        Some((_, number)) => numbered(&world, kind, number)?,
        None => {
            let shelf = Shelf::new(kind, place(&world, input)?);
            let names =
                ["iid", "tagName", "name", "version", "key"].into_iter().filter_map(|name| text(input, name));
            let names: Vec<&str> = names.collect();
            let known = |key: &&str| world.record(shelf, &["iid", "tag_name", "name", "version", "key"], key);
            (shelf, names.iter().find_map(known).cloned()?)
        }
    };
    served.sees(&world, kind, shelf.container, &record).then_some((shelf, record))
}

/// The project or group that an input names.
pub(super) fn place(world: &World, input: &Arguments) -> Option<Container> {
    let project = text(input, "projectPath").or_else(|| text(input, "fullPath"));
    let group = text(input, "groupPath").or_else(|| text(input, "fullPath"));
    let by_id = || {
        let ids = ["projectId", "groupId", "project"].into_iter().filter_map(|name| text(input, name));
        let (model, number) = ids.filter_map(gid::parse).next()?;
        Some(if model == "Project" { Container::Project(number) } else { Container::Group(number) })
    };
    // That of another record which the input names, such as the agent of a new token.
    let beside = || {
        let mut ids = input
            .iter()
            .filter(|(name, _)| name.ends_with("Id"))
            .filter_map(|(_, id)| gid::parse(id.as_str()?));
        let found = ids.find_map(|(model, number)| numbered(world, DECLARED.kind_of(model)?, number))?;
        Some(found.0.container)
    };
    let project = project.and_then(|path| world.find_project(path)).map(|it| Container::Project(it.id));
    let group = || group.and_then(|path| world.find_group(path)).map(|it| Container::Group(it.id));
    project.or_else(group).or_else(by_id).or_else(beside)
}

/// Whether the viewer may change a record: by its role, or by having written it.
pub(super) fn may(
    served: &Worldly,
    world: &World,
    kind: &str,
    place: Container,
    record: &Record,
    needs: Role,
) -> bool {
    let own = matches!(kind, "note" | "issue" | "merge_request" | "snippet") && served.takes_part(record);
    own || served.role(world, place) >= needs
}

/// The fields that a mutation sets whatever its input says. `$now` and `$viewer` stand for when and by whom.
fn set_of(served: &Worldly, set: &str) -> Record {
    let mut fields = object(serde_json::from_str(set).unwrap_or_default());
    for value in fields.values_mut() {
        match value.as_str() {
            Some("$now") => *value = json!(iso(served.forge.now())),
            Some("$viewer") => {
                *value = view::author_of(&served.forge.world(), served.forge.url(), served.viewer.user);
            }
            _ => {}
        }
    }
    fields
}

fn change(
    served: &Worldly,
    kind: &'static str,
    needs: Role,
    set: &str,
    input: &Arguments,
) -> Result<Item, FieldError> {
    let (shelf, mut record) = target(served, kind, input).ok_or_else(refused)?;
    if !may(served, &served.forge.world(), kind, shelf.container, &record, needs) {
        return Err(refused());
    }
    input::apply(served, shelf.container, &mut record, input);
    record.extend(set_of(served, set));
    let now = iso(served.forge.now());
    if record.contains_key("updated_at") {
        record.insert("updated_at".to_owned(), json!(now));
    }
    let mut world = served.forge.world();
    let number = record.get("id").map(ToString::to_string).unwrap_or_default();
    let names = if number.is_empty() { &["tag_name"][..] } else { &["id"][..] };
    let key = if number.is_empty() { text(input, "tagName").unwrap_or_default() } else { &number };
    let kept = world.record_mut(shelf, names, key).ok_or_else(refused)?;
    record.clone_into(kept);
    Ok(Item::of_record(kind, shelf.container, &record))
}

fn drop_record(
    served: &Worldly,
    kind: &'static str,
    needs: Role,
    input: &Arguments,
) -> Result<Item, FieldError> {
    let (shelf, record) = target(served, kind, input).ok_or_else(refused)?;
    if !may(served, &served.forge.world(), kind, shelf.container, &record, needs) {
        return Err(refused());
    }
    let (name, key) = match record.get("id") {
        Some(id) => ("id", id.to_string()),
        None => ("tag_name", text(input, "tagName").unwrap_or_default().to_owned()),
    };
    served.forge.world().remove(shelf, &[name], &key);
    Ok(Item::of_record(kind, shelf.container, &record))
}

/// The place that an input names or is about, if the viewer has the role there.
fn place_for(
    served: &Worldly,
    input: &Arguments,
    on: Option<On>,
    needs: Role,
) -> Result<Container, FieldError> {
    let world = served.forge.world();
    let names_one = input.keys().any(|name| name.ends_with("Path"));
    let own = match on.filter(|_| !names_one) {
        Some(On::User) => served.viewer.user.map(Container::User),
        Some(On::Instance) => Some(Container::Instance),
        None => None,
    };
    let place = own.or_else(|| place(&world, input)).ok_or_else(refused)?;
    if served.role(&world, place) >= needs { Ok(place) } else { Err(refused()) }
}

fn make(served: &Worldly, kind: &'static str, place: Container, set: &str, input: &Arguments) -> Item {
    let now = iso(served.forge.now());
    let mut record = {
        let mut world = served.forge.world();
        let author = view::author_of(&world, served.forge.url(), served.viewer.user);
        let id = world.next_id(kind);
        object(json!({ "id": id, "author": author, "created_at": now, "updated_at": now }))
    };
    input::apply(served, place, &mut record, input);
    record.extend(set_of(served, set));
    served.forge.world().put(Shelf::new(kind, place), record.clone());
    Item::of_record(kind, place, &record)
}

/// Sets fields of the one record of a kind that a place has, which comes into being when it is first set.
fn keep(served: &Worldly, kind: &'static str, place: Container, input: &Arguments) -> Item {
    let shelf = Shelf::new(kind, place);
    let known = served.forge.world().shelf(shelf).first().cloned();
    let Some(mut record) = known else { return make(served, kind, place, "{}", input) };
    input::apply(served, place, &mut record, input);
    let number = record.get("id").map(ToString::to_string).unwrap_or_default();
    if let Some(kept) = served.forge.world().record_mut(shelf, &["id"], &number) {
        record.clone_into(kept);
    }
    Item::of_record(kind, place, &record)
}

/// Has the REST API do it. The inner error is one of the payload's.
fn rest(
    served: &Worldly,
    [method, path]: [&str; 2],
    kind: Option<&'static str>,
    renames: &Renames,
    input: &Arguments,
) -> Result<Result<Option<Item>, String>, FieldError> {
    let number = |name: &str| {
        text(input, name)
            .map(|value| gid::parse(value).map_or_else(|| value.to_owned(), |(_, id)| id.to_string()))
    };
    let mut filled = path.to_owned();
    for name in path.split('{').skip(1).filter_map(|it| it.split('}').next()) {
        let value = number(name).ok_or_else(refused)?;
        filled = filled.replace(&format!("{{{name}}}"), &encode(&value));
    }
    let method = method.parse().map_err(|_| refused())?;
    let body = input::body(served, input, renames);
    match served.rest(method, &filled, &body) {
        Ok(answer) => Ok(Ok(made(served, kind, input, answer))),
        Err(refusal) if matches!(refusal.status.as_u16(), 400 | 409 | 422 | 405) => Ok(Err(refusal.message)),
        Err(_) => Err(refused()),
    }
}

/// What the REST API answered, as a record of its place where it is one.
fn made(served: &Worldly, kind: Option<&'static str>, input: &Arguments, answer: Value) -> Option<Item> {
    let world = served.forge.world();
    let number = answer.get("id").and_then(Value::as_u64);
    if let Some((kind, number)) = kind.zip(number)
        && let Some((shelf, record)) = numbered(&world, kind, number)
    {
        return Some(Item::of_record(kind, shelf.container, &record));
    }
    let own = served.viewer.user.map(Container::User);
    let place = place(&world, input).or(own).filter(|_| answer.is_object())?;
    Some(Item { type_name: String::new(), place, data: object(answer) })
}
