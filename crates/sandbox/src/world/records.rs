//! What was created: issues, labels, pipelines and so on, each a JSON object on a shelf.

use serde_json::{Map, Value};

use super::World;

/// One created thing, as GitLab would show it.
pub(crate) type Record = Map<String, Value>;

/// What a record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Container {
    Project(u64),
    Group(u64),
    User(u64),
    Instance,
}

/// Where records of one kind lie: `labels` of project 20, or `notes` of its issue 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Shelf {
    pub(crate) kind: &'static str,
    pub(crate) container: Container,
    /// The number of the record that these belong to; 0 when they belong to the container itself.
    pub(crate) parent: u64,
}

impl Shelf {
    pub(crate) fn new(kind: &'static str, container: Container) -> Self {
        Self { kind, container, parent: 0 }
    }

    pub(crate) fn below(kind: &'static str, container: Container, parent: u64) -> Self {
        Self { kind, container, parent }
    }
}

/// Whether one of the fields that name a record reads as `key`.
pub(crate) fn is_named(record: &Record, names: &[&str], key: &str) -> bool {
    names.iter().filter_map(|name| record.get(*name)).any(|value| match value {
        Value::String(text) => text == key,
        other => {
            let text = other.to_string();
            text == key
        }
    })
}

impl World {
    pub(crate) fn shelf(&self, shelf: Shelf) -> &[Record] {
        self.records.get(&shelf).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn put(&mut self, shelf: Shelf, record: Record) {
        self.records.entry(shelf).or_default().push(record);
    }

    pub(crate) fn record(&self, shelf: Shelf, names: &[&str], key: &str) -> Option<&Record> {
        self.shelf(shelf).iter().find(|record| is_named(record, names, key))
    }

    pub(crate) fn record_mut(&mut self, shelf: Shelf, names: &[&str], key: &str) -> Option<&mut Record> {
        self.records.get_mut(&shelf)?.iter_mut().find(|record| is_named(record, names, key))
    }

    /// Takes a record off its shelf.
    pub(crate) fn remove(&mut self, shelf: Shelf, names: &[&str], key: &str) -> Option<Record> {
        let records = self.records.get_mut(&shelf)?;
        let index = records.iter().position(|record| is_named(record, names, key))?;
        Some(records.remove(index))
    }

    /// Every record of a kind, wherever it lies.
    pub(crate) fn everywhere(&self, kind: &'static str) -> impl Iterator<Item = (Shelf, &Record)> {
        let shelves = self.records.iter().filter(move |(shelf, _)| shelf.kind == kind);
        shelves.flat_map(|(shelf, records)| records.iter().map(|record| (*shelf, record)))
    }

    /// Forgets all that belongs to a container.
    pub(crate) fn clear_container(&mut self, container: Container) {
        self.records.retain(|shelf, _| shelf.container != container);
        self.members.retain(|(place, _), _| *place != container);
    }
}
