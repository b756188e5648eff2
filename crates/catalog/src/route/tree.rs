//! The tree of segments as it is searched: flat, so that a step touches few cache lines.

use super::node::{Leaf, Node};
use super::statics::{Region, Statics};
use super::template::Piece;

/// The index of what is not there.
const NONE: u32 = u32::MAX;

/// One place in the tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) statics: Region,
    patterns: (u32, u32),
    param: u32,
    rest: u32,
    leaf: u32,
}

/// The templates of one method.
#[derive(Debug, Default)]
pub(super) struct Tree {
    places: Vec<Place>,
    statics: Statics,
    patterns: Vec<(Box<[Piece]>, u32)>,
    leaves: Vec<Leaf>,
}

impl Tree {
    pub(super) fn build(root: Node) -> Self {
        let mut tree = Self::default();
        tree.add(root);
        tree
    }

    fn add(&mut self, node: Node) -> u32 {
        let index = self.places.len();
        let empty =
            Place { statics: Region::default(), patterns: (0, 0), param: NONE, rest: NONE, leaf: NONE };
        self.places.push(empty);
        let leaf = node.leaf.map_or(NONE, |leaf| {
            self.leaves.push(leaf);
            number(self.leaves.len() - 1)
        });
        let children = node.statics.into_iter().map(|(text, child)| (text, self.add(child))).collect();
        let statics = self.statics.add(children);
        let patterns: Vec<_> = node
            .patterns
            .into_iter()
            .map(|(pieces, child)| (pieces.into_boxed_slice(), self.add(child)))
            .collect();
        let start = self.patterns.len();
        self.patterns.extend(patterns);
        let patterns = (number(start), number(self.patterns.len()));
        let param = node.param.map_or(NONE, |child| self.add(*child));
        let rest = node.rest.map_or(NONE, |child| self.add(*child));
        if let Some(place) = self.places.get_mut(index) {
            *place = Place { statics, patterns, param, rest, leaf };
        }
        number(index)
    }

    pub(super) fn root(&self) -> Option<&Place> {
        self.places.first()
    }

    /// The child for exactly this text.
    #[inline]
    pub(super) fn static_child(&self, place: &Place, key: u64, segment: &[u8]) -> Option<&Place> {
        self.statics.find(place.statics, key, segment).and_then(|index| self.place(index))
    }

    /// The children for text mixed with parameters, longest text first.
    #[inline]
    pub(super) fn patterns(&self, place: &Place) -> &[(Box<[Piece]>, u32)] {
        let (start, end) = place.patterns;
        if start == end { &[] } else { self.patterns.get(start as usize..end as usize).unwrap_or(&[]) }
    }

    /// The child for any segment.
    #[inline]
    pub(super) fn param_child(&self, place: &Place) -> Option<&Place> {
        self.place(place.param)
    }

    /// The child for any number of segments.
    #[inline]
    pub(super) fn rest_child(&self, place: &Place) -> Option<&Place> {
        self.place(place.rest)
    }

    #[inline]
    pub(super) fn leaf(&self, place: &Place) -> Option<&Leaf> {
        self.leaves.get(place.leaf as usize)
    }

    #[inline]
    pub(super) fn place(&self, index: u32) -> Option<&Place> {
        self.places.get(index as usize)
    }
}

impl Place {
    /// Whether a segment can only be text or a parameter.
    #[inline]
    pub(super) const fn is_plain(&self) -> bool {
        self.rest == NONE && self.patterns.0 == self.patterns.1
    }

    /// Whether a child takes one segment.
    pub(super) const fn has_segment_children(&self) -> bool {
        !self.statics.is_empty() || self.patterns.0 < self.patterns.1 || self.param != NONE
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}
