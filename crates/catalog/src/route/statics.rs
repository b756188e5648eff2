//! The static children of every place, each place's in a small hash table of its own.

use super::segment_key::key;

/// Marks a slot without a child.
const EMPTY: u32 = u32::MAX;
/// Spreads keys over the slots: 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// A child: its key, where its text is, and its place. Small and without a pointer: a search touches few cache lines.
#[derive(Clone, Copy, Debug)]
struct Slot {
    key: u64,
    text: u32,
    place: u32,
    length: u32,
}

/// The part of the table that belongs to one place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Region {
    start: u32,
    /// How many bits of the spread key choose the slot; 0 without children.
    bits: u8,
}

impl Region {
    pub(super) const fn is_empty(self) -> bool {
        self.bits == 0
    }

    #[inline]
    fn first_slot(self, key: u64) -> usize {
        usize::try_from(key.wrapping_mul(SPREAD) >> (64 - u32::from(self.bits))).unwrap_or(0)
    }
}

/// All the tables, one after the other.
#[derive(Debug, Default)]
pub(super) struct Statics {
    slots: Vec<Slot>,
    texts: Vec<u8>,
}

impl Statics {
    /// Adds the children of one place. At least half of its slots stay empty, so that every search ends.
    pub(super) fn add(&mut self, children: Vec<(String, u32)>) -> Region {
        let Ok(start) = u32::try_from(self.slots.len()) else { return Region::default() };
        if children.is_empty() {
            return Region::default();
        }
        let size = (children.len() * 2).next_power_of_two();
        let region = Region { start, bits: u8::try_from(size.trailing_zeros()).unwrap_or(0) };
        let empty = Slot { key: 0, text: 0, place: EMPTY, length: 0 };
        self.slots.resize(self.slots.len() + size, empty);
        for (text, place) in children {
            let (Ok(start), Ok(length)) = (u32::try_from(self.texts.len()), u32::try_from(text.len())) else {
                continue;
            };
            self.texts.extend_from_slice(text.as_bytes());
            self.insert(region, Slot { key: key(text.as_bytes()), text: start, place, length });
        }
        region
    }

    fn insert(&mut self, region: Region, slot: Slot) {
        let mask = (1 << region.bits) - 1;
        let mut at = region.first_slot(slot.key);
        while let Some(target) = self.slots.get_mut(region.start as usize + at) {
            if target.place == EMPTY {
                *target = slot;
                return;
            }
            at = (at + 1) & mask;
        }
    }

    /// The child for exactly this text.
    #[inline]
    pub(super) fn find(&self, region: Region, key: u64, segment: &[u8]) -> Option<u32> {
        if region.is_empty() {
            return None;
        }
        let mask = (1 << region.bits) - 1;
        let mut at = region.first_slot(key);
        loop {
            let slot = self.slots.get(region.start as usize + at)?;
            if slot.place == EMPTY {
                return None;
            }
            if slot.key == key && self.is_text(slot, segment) {
                return Some(slot.place);
            }
            at = (at + 1) & mask;
        }
    }

    /// Whether a segment of the slot's key is its text: up to eight bytes the length decides.
    #[inline]
    fn is_text(&self, slot: &Slot, segment: &[u8]) -> bool {
        let (start, length) = (slot.text as usize, slot.length as usize);
        length == segment.len() && (length <= 8 || self.texts.get(start..start + length) == Some(segment))
    }
}
