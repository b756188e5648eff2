//! From the catalogue's entries to rules.

use std::collections::HashMap;
use std::sync::Arc;

use narrowgate_catalog::{Catalog, GraphqlEntry, GraphqlKind};

use super::{Rule, Rules};

/// The entries of a catalogue by name.
pub(super) fn entries(catalog: &Catalog, kind: GraphqlKind) -> HashMap<&str, Vec<&GraphqlEntry>> {
    let mut entries: HashMap<&str, Vec<&GraphqlEntry>> = HashMap::new();
    for entry in catalog.graphql().filter(|entry| entry.kind == kind) {
        entries.entry(&entry.name).or_default().push(entry);
    }
    entries
}

/// Rules that are shared by all types with the same ones, so that each is judged once.
#[derive(Default)]
pub(super) struct Interner(HashMap<Box<[Rule]>, Arc<Rules>>);

impl Interner {
    pub(super) fn intern(&mut self, entries: &[&GraphqlEntry]) -> Arc<Rules> {
        let any: Box<[Rule]> = entries.iter().map(|entry| rule(entry)).collect();
        let id = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let rules = self.0.entry(any).or_insert_with_key(|any| Arc::new(Rules { id, any: any.clone() }));
        Arc::clone(rules)
    }
}

fn rule(entry: &GraphqlEntry) -> Rule {
    Rule {
        permissions: entry.permission_ids.as_slice().into(),
        boundaries: entry.boundaries.iter().map(|boundary| boundary.boundary).collect(),
    }
}
