//! The places of an answer, each once.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::named::named;
use super::tree::Spot;
use crate::Named;
use crate::guard::Reads;

#[derive(Debug, Default)]
pub(super) struct Places<'r> {
    named: Vec<Named>,
    by_name: HashMap<Named, usize, RandomState>,
    by_text: HashMap<(Reads, &'r str), Spot, RandomState>,
}

impl<'r> Places<'r> {
    pub(super) fn named(&self) -> &[Named] {
        &self.named
    }

    /// The spot of a place.
    pub(super) fn at(&mut self, place: Named) -> Spot {
        if let Some(index) = self.by_name.get(&place) {
            return Spot::At(*index);
        }
        let index = self.named.len();
        self.named.push(place.clone());
        self.by_name.insert(place, index);
        Spot::At(index)
    }

    /// The spot that a probe's value names.
    pub(super) fn read(&mut self, reads: Reads, raw: &'r str, relative_root: &str) -> Spot {
        if let Some(spot) = self.by_text.get(&(reads, raw)) {
            return *spot;
        }
        let spot = named(reads, raw, relative_root).map_or(Spot::Unknown, |place| self.at(place));
        self.by_text.insert((reads, raw), spot);
        spot
    }
}
