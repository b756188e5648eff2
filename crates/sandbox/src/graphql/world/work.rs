//! Issues, work items and todos.

use serde_json::{Value, json};

use super::Worldly;
use super::item::Item;
use super::notes::noteable_of;
use super::object::Arguments;
use super::records::{above, numbered};
use super::{places, repository};
use crate::world::{Shelf, is_named};

/// The labels that an item names, from its project and the groups above.
pub(super) fn labels(served: &Worldly, item: &Item) -> Vec<Item> {
    let world = served.forge.world();
    let names = item.at("labels").and_then(Value::as_array).cloned().unwrap_or_default();
    let places = above(&world, item.place);
    let find = |name: &Value| {
        places.iter().find_map(|place| {
            let record = world.record(Shelf::new("label", *place), &["name"], name.as_str()?)?;
            Some(Item::of_record("label", *place, record))
        })
    };
    names.iter().filter_map(find).collect()
}

/// The record of this number, if the viewer may see it.
pub(super) fn at_number(served: &Worldly, kind: &'static str, number: u64) -> Option<Item> {
    let world = served.forge.world();
    let (shelf, record) = numbered(&world, kind, number)?;
    let seen = served.sees(&world, kind, shelf.container, &record);
    seen.then(|| Item::of_record(kind, shelf.container, &record))
}

/// What a todo is about.
pub(super) fn target(served: &Worldly, item: &Item) -> Option<Item> {
    let kind = match item.at("target_type")?.as_str()? {
        "Commit" => {
            let project = places::project_of(served, item)?;
            return repository::commit(served, &project, item.at("target_id")?.as_str()?);
        }
        "AlertManagement::Alert" => "alert",
        "DesignManagement::Design" => "design",
        name => noteable_of(name)?.0,
    };
    at_number(served, kind, item.at("target_id")?.as_u64()?)
}

/// How todos are sorted by what they are about.
pub(super) fn target_type(item: &Item) -> Option<Value> {
    let name = item.at("target_type")?.as_str()?;
    Some(json!(name.rsplit("::").next().unwrap_or(name).to_uppercase()))
}

/// `#3`, or with its project before it.
pub(super) fn reference(item: &Item, arguments: &Arguments) -> Option<Value> {
    let full = arguments.get("full") == Some(&Value::Bool(true));
    item.at(if full { "references.full" } else { "references.short" }).cloned()
}

/// The parts of a work item.
const WIDGETS: [(&str, &str); 7] = [
    ("WorkItemWidgetDescription", "DESCRIPTION"),
    ("WorkItemWidgetAssignees", "ASSIGNEES"),
    ("WorkItemWidgetLabels", "LABELS"),
    ("WorkItemWidgetMilestone", "MILESTONE"),
    ("WorkItemWidgetStartAndDueDate", "START_AND_DUE_DATE"),
    ("WorkItemWidgetHierarchy", "HIERARCHY"),
    ("WorkItemWidgetNotes", "NOTES"),
];

pub(super) fn widgets(item: &Item) -> Vec<Item> {
    let widget = |(type_name, kind): (&str, &str)| {
        let mut widget = item.clone().seen_as(type_name);
        widget.data.insert("type".to_owned(), json!(kind));
        widget
    };
    WIDGETS.into_iter().map(widget).collect()
}

/// The types of work items: what records call them, their number and name.
const TYPES: [(&str, u64, &str); 5] = [
    ("issue", 1, "Issue"),
    ("incident", 2, "Incident"),
    ("task", 5, "Task"),
    ("objective", 6, "Objective"),
    ("epic", 8, "Epic"),
];

fn type_item(of: &Item, (_, id, name): (&str, u64, &str)) -> Item {
    let icon = format!("issue-type-{}", name.to_lowercase());
    Item::new("WorkItemType", of.place, json!({ "id": id, "name": name, "icon_name": icon }))
}

pub(super) fn work_item_type(item: &Item) -> Item {
    let known = TYPES.into_iter().find(|(kind, ..)| is_named(&item.data, &["issue_type"], kind));
    type_item(item, known.unwrap_or(("issue", 1, "Issue")))
}

/// The types of work items that a project has.
pub(super) fn work_item_types(project: &Item) -> Vec<Item> {
    let of_projects = TYPES.into_iter().filter(|(kind, ..)| *kind != "epic");
    of_projects.map(|kind| type_item(project, kind)).collect()
}

/// What records call the type of this number.
pub(super) fn issue_type(number: u64) -> Option<&'static str> {
    TYPES.into_iter().find(|(_, id, _)| *id == number).map(|(kind, ..)| kind)
}

/// The files of a snippet.
pub(super) fn blobs(served: &Worldly, snippet: &Item) -> Vec<Item> {
    let files = snippet.at("files").and_then(Value::as_array).cloned().unwrap_or_default();
    let blob = |file: &Value| {
        let path = file.get("path")?.as_str()?;
        let raw = file.get("raw_url")?.as_str()?.strip_prefix(served.forge.url())?;
        let data = json!({ "path": path, "name": path.rsplit('/').next(), "raw_path": raw });
        Some(Item::new("SnippetBlob", snippet.place, data))
    };
    files.iter().filter_map(blob).collect()
}
