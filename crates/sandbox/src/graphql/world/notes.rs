//! Notes and the discussions that they are in.

use serde_json::{Value, json};

use super::Worldly;
use super::item::Item;
use super::records::{self, NOTEABLES};
use super::work::at_number;
use crate::graphql::gid;
use crate::world::{Record, Shelf, World};

/// The kind of record that notes lie below, and what they call it.
pub(super) fn noteable_of(type_name: &str) -> Option<(&'static str, &'static str)> {
    let name = if type_name.starts_with("WorkItem") { "Issue" } else { type_name };
    NOTEABLES.into_iter().find(|(_, title)| *title == name)
}

/// The notes on an item that the viewer may see, oldest first.
pub(super) fn on(served: &Worldly, item: &Item) -> Vec<Item> {
    let Some((_, title)) = noteable_of(&item.type_name) else { return Vec::new() };
    let world = served.forge.world();
    seen(served, &world, Shelf::below(title, item.place, item.number()))
}

fn seen(served: &Worldly, world: &World, shelf: Shelf) -> Vec<Item> {
    let notes = world.shelf(shelf).iter();
    let seen = notes.filter(|note| served.sees(world, "note", shelf.container, note));
    seen.map(|note| Item::of_record("note", shelf.container, note)).collect()
}

/// A note by its global id.
pub(super) fn named(served: &Worldly, id: &str) -> Option<Item> {
    numbered(served, gid::parse(id)?.1)
}

pub(super) fn numbered(served: &Worldly, number: u64) -> Option<Item> {
    let (shelf, record) = find(served, number)?;
    Some(Item::of_record("note", shelf.container, &record))
}

/// A note that the viewer may see, and its shelf.
pub(super) fn find(served: &Worldly, number: u64) -> Option<(Shelf, Record)> {
    let world = served.forge.world();
    NOTEABLES.into_iter().find_map(|(kind, title)| {
        let (shelf, record) = records::numbered(&world, title, number)?;
        let (_, on) = records::numbered(&world, kind, shelf.parent)?;
        let seen = served.sees(&world, kind, shelf.container, &on)
            && served.sees(&world, "note", shelf.container, &record);
        seen.then_some((shelf, record))
    })
}

/// The page of a note.
pub(super) fn url(served: &Worldly, note: &Item) -> Option<Value> {
    let on = about(served, note)?;
    Some(json!(format!("{}#note_{}", on.at("web_url")?.as_str()?, note.number())))
}

/// The number of the note that began a note's discussion.
fn beginning(note: &Item) -> u64 {
    note.at("discussion_of").and_then(Value::as_u64).unwrap_or_else(|| note.number())
}

/// A note as the discussion that it began.
pub(super) fn as_discussion(note: Item) -> Item {
    note.seen_as("Discussion")
}

pub(super) fn discussions(served: &Worldly, item: &Item) -> Vec<Item> {
    on(served, item).into_iter().filter(|note| beginning(note) == note.number()).map(as_discussion).collect()
}

/// The discussion that a note is in.
pub(super) fn discussion_of(served: &Worldly, note: &Item) -> Option<Item> {
    numbered(served, beginning(note)).map(as_discussion)
}

/// The notes of a discussion, oldest first.
pub(super) fn in_discussion(served: &Worldly, discussion: &Item) -> Vec<Item> {
    let begun = discussion.number();
    let Some((shelf, _)) = find(served, begun) else { return Vec::new() };
    let world = served.forge.world();
    seen(served, &world, shelf).into_iter().filter(|note| beginning(note) == begun).collect()
}

/// What a note or a discussion is about.
pub(super) fn about(served: &Worldly, item: &Item) -> Option<Item> {
    let (kind, _) = noteable_of(item.at("noteable_type")?.as_str()?)?;
    at_number(served, kind, item.at("noteable_id")?.as_u64()?)
}
