//! Selected projects or groups, found by id in a step or two however many there are.

/// A position in the list of sets of [`crate::Grants`].
pub(crate) type SetIndex = u32;

/// One past the end of any list of sets.
pub(crate) const NO_GRANT: SetIndex = SetIndex::MAX;

/// A table with open addressing, at most half full.
///
/// Ids come from the token's owner, so they may be chosen to collide; that costs their own token's requests a walk over
/// its own grants, and nobody else's.
#[derive(Clone, Debug)]
pub(crate) struct SelectedTable {
    /// A power of two of slots, or none.
    slots: Box<[Slot]>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    id: u64,
    set: SetIndex,
}

const EMPTY: Slot = Slot { id: 0, set: NO_GRANT };

impl SelectedTable {
    pub(crate) fn new(entries: Vec<(u64, SetIndex)>) -> Self {
        let size = if entries.is_empty() { 0 } else { (entries.len() * 2).next_power_of_two() };
        let mut table = Self { slots: vec![EMPTY; size].into() };
        for (id, set) in entries {
            table.insert(Slot { id, set });
        }
        table
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The set of an id, or [`NO_GRANT`].
    pub(crate) fn find(&self, id: u64) -> SetIndex {
        let mut at = start(id);
        // An empty slot ends the walk, and half of them are.
        while let Some(slot) = self.slots.get(at & self.mask()) {
            if slot.id == id || slot.set == NO_GRANT {
                return slot.set;
            }
            at = at.wrapping_add(1);
        }
        NO_GRANT
    }

    /// How many bytes the slots occupy.
    pub(crate) fn size(&self) -> usize {
        size_of_val::<[Slot]>(&self.slots)
    }

    fn insert(&mut self, new: Slot) {
        let mask = self.mask();
        let mut at = start(new.id);
        while let Some(slot) = self.slots.get_mut(at & mask) {
            if slot.set == NO_GRANT {
                *slot = new;
                return;
            }
            at = at.wrapping_add(1);
        }
    }

    const fn mask(&self) -> usize {
        self.slots.len().wrapping_sub(1)
    }
}

/// Where the walk for an id begins: Fibonacci hashing, whose upper bits are the well-mixed ones.
const fn start(id: u64) -> usize {
    (id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{NO_GRANT, SelectedTable, start};

    fn check(entries: &BTreeMap<u64, u32>, asked: impl IntoIterator<Item = u64>) {
        let table = SelectedTable::new(entries.iter().map(|(id, set)| (*id, *set)).collect());
        for id in asked.into_iter().chain(entries.keys().copied()) {
            assert_eq!(table.find(id), entries.get(&id).copied().unwrap_or(NO_GRANT), "{id}");
        }
    }

    proptest! {
        #[test]
        fn finds_what_is_there_and_nothing_else(
            entries in prop::collection::btree_map(any::<u64>(), 0_u32..1_000, 0..200),
            asked in prop::collection::vec(any::<u64>(), 50),
        ) {
            check(&entries, asked);
        }
    }

    #[test]
    fn colliding_and_extreme_ids_are_told_apart() {
        let same_start = (1..u64::MAX).filter(|id| start(*id) % 64 == start(7) % 64).take(30);
        let entries: BTreeMap<u64, u32> = same_start.chain([0, u64::MAX]).zip(0..).collect();
        check(&entries, 0..5_000);
        check(&BTreeMap::new(), [0, 1, u64::MAX]);
    }
}
