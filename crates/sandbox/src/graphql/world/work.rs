//! Issues, notes, pipelines and what belongs to them.

use serde_json::{Value, json};

use super::Worldly;
use super::item::Item;
use super::object::Arguments;
use super::records::{NOTEABLES, above, numbered};
use crate::graphql::gid;
use crate::world::{Record, Shelf, is_named};

/// The kind of record that notes lie below, and what they call it.
fn noteable_of(type_name: &str) -> Option<(&'static str, &'static str)> {
    let name = if type_name.starts_with("WorkItem") { "Issue" } else { type_name };
    NOTEABLES.into_iter().find(|(_, title)| *title == name)
}

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

/// The notes on an item that the viewer may see, oldest first.
pub(super) fn notes(served: &Worldly, item: &Item) -> Vec<Item> {
    let Some((_, title)) = noteable_of(&item.type_name) else { return Vec::new() };
    let world = served.forge.world();
    let notes = world.shelf(Shelf::below(title, item.place, item.number())).iter();
    let seen = notes.filter(|note| served.sees(&world, "note", item.place, note));
    seen.map(|note| Item::of_record("note", item.place, note)).collect()
}

/// A note by its global id.
pub(super) fn note(served: &Worldly, id: &str) -> Option<Item> {
    let (shelf, record) = find_note(served, gid::parse(id)?.1)?;
    Some(Item::of_record("note", shelf.container, &record))
}

/// A note that the viewer may see, and its shelf.
pub(super) fn find_note(served: &Worldly, number: u64) -> Option<(Shelf, Record)> {
    let world = served.forge.world();
    NOTEABLES.into_iter().find_map(|(kind, title)| {
        let (shelf, record) = numbered(&world, title, number)?;
        let (_, on) = numbered(&world, kind, shelf.parent)?;
        let seen = served.sees(&world, kind, shelf.container, &on)
            && served.sees(&world, "note", shelf.container, &record);
        seen.then_some((shelf, record))
    })
}

/// Every note begins a discussion of its own.
pub(super) fn discussions(served: &Worldly, item: &Item) -> Vec<Item> {
    notes(served, item).iter().map(discussion_of).collect()
}

pub(super) fn discussion_of(note: &Item) -> Item {
    note.clone().seen_as("Discussion")
}

/// What a discussion is about.
pub(super) fn noteable(served: &Worldly, item: &Item) -> Option<Item> {
    let (kind, _) = noteable_of(item.at("noteable_type")?.as_str()?)?;
    at_number(served, kind, item.at("noteable_id")?.as_u64()?)
}

fn at_number(served: &Worldly, kind: &'static str, number: u64) -> Option<Item> {
    let world = served.forge.world();
    let (shelf, record) = numbered(&world, kind, number)?;
    let seen = served.sees(&world, kind, shelf.container, &record);
    seen.then(|| Item::of_record(kind, shelf.container, &record))
}

/// What a todo is about.
pub(super) fn target(served: &Worldly, item: &Item) -> Option<Item> {
    let (kind, _) = noteable_of(item.at("target_type")?.as_str()?)?;
    at_number(served, kind, item.at("target_id")?.as_u64()?)
}

/// `#3`, or with its project before it.
pub(super) fn reference(item: &Item, arguments: &Arguments) -> Option<Value> {
    let full = arguments.get("full") == Some(&Value::Bool(true));
    item.at(if full { "references.full" } else { "references.short" }).cloned()
}

fn jobs(served: &Worldly, item: &Item, pipeline: u64) -> Vec<Item> {
    let world = served.forge.world();
    let jobs = world.shelf(Shelf::new("job", item.place)).iter();
    let own = jobs.filter(|job| {
        job.get("pipeline").and_then(|it| it.get("id")).and_then(Value::as_u64) == Some(pipeline)
    });
    own.map(|job| Item::of_record("job", item.place, job)).collect()
}

/// The stages of a pipeline, in the order of their jobs.
pub(super) fn stages(served: &Worldly, item: &Item) -> Vec<Item> {
    let mut stages: Vec<Item> = Vec::new();
    for job in jobs(served, item, item.number()) {
        let stage = job.at("stage").cloned().unwrap_or_default();
        if stages.iter().all(|known| known.at("name") != Some(&stage)) {
            let id = item.number() * 100 + stages.len() as u64 + 1;
            let data =
                json!({ "id": id, "name": stage, "status": job.at("status"), "pipeline_id": item.number() });
            stages.push(Item::new("CiStage", item.place, data));
        }
    }
    stages
}

pub(super) fn jobs_of_stage(served: &Worldly, stage: &Item) -> Vec<Item> {
    let pipeline = stage.at("pipeline_id").and_then(Value::as_u64).unwrap_or_default();
    let mut jobs = jobs(served, stage, pipeline);
    jobs.retain(|job| job.at("stage") == stage.at("name"));
    jobs
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

pub(super) fn work_item_type(item: &Item) -> Item {
    let epic = is_named(&item.data, &["issue_type"], "epic");
    let (id, name) = if epic { (8, "Epic") } else { (1, "Issue") };
    Item::new(
        "WorkItemType",
        item.place,
        json!({ "id": id, "name": name, "icon_name": format!("issue-type-{}", name.to_lowercase()) }),
    )
}
