//! The tree of segments as it is searched: flat, so that a step touches few cache lines.

use std::ops::Range;

use super::node::{Leaf, Node};
use super::segment_key;
use super::template::Piece;

/// The index of a node that is not there.
const NONE: u32 = u32::MAX;

/// One place in the tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    statics: (u32, u32),
    patterns: (u32, u32),
    param: u32,
    rest: u32,
    leaf: u32,
}

/// A static child.
#[derive(Debug)]
struct Edge {
    text: Box<str>,
    place: u32,
}

/// The templates of one method.
#[derive(Debug, Default)]
pub(super) struct Tree {
    places: Vec<Place>,
    /// The keys of all static children; those of one place stand together, sorted.
    keys: Vec<u64>,
    edges: Vec<Edge>,
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
        let empty = Place { statics: (0, 0), patterns: (0, 0), param: NONE, rest: NONE, leaf: NONE };
        self.places.push(empty);
        let leaf = node.leaf.map_or(NONE, |leaf| {
            self.leaves.push(leaf);
            number(self.leaves.len() - 1)
        });
        let statics = self.add_statics(node.statics);
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

    fn add_statics(&mut self, statics: std::collections::BTreeMap<String, Node>) -> (u32, u32) {
        let children =
            statics.into_iter().map(|(text, child)| (segment_key::key(&text), text, self.add(child)));
        let mut children: Vec<_> = children.collect();
        children.sort();
        let start = self.keys.len();
        for (key, text, place) in children {
            self.keys.push(key);
            self.edges.push(Edge { text: text.into_boxed_str(), place });
        }
        (number(start), number(self.keys.len()))
    }

    pub(super) fn root(&self) -> Option<&Place> {
        self.places.first()
    }

    /// The child for exactly this text.
    #[inline]
    pub(super) fn static_child(&self, place: &Place, key: u64, segment: &str) -> Option<&Place> {
        let range = range(place.statics);
        let keys = self.keys.get(range.clone())?;
        let first = keys.partition_point(|known| *known < key);
        let same = keys.get(first..)?.iter().take_while(|known| **known == key).count();
        let edges = self.edges.get(range.start + first..range.start + first + same)?;
        let edge = edges.iter().find(|edge| same_text(&edge.text, segment))?;
        self.place(edge.place)
    }

    /// The children for text mixed with parameters, longest text first.
    #[inline]
    pub(super) fn patterns(&self, place: &Place) -> &[(Box<[Piece]>, u32)] {
        self.patterns.get(range(place.patterns)).unwrap_or(&[])
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
    /// Whether a child takes one segment.
    pub(super) const fn has_segment_children(&self) -> bool {
        self.statics.0 < self.statics.1 || self.patterns.0 < self.patterns.1 || self.param != NONE
    }
}

/// Whether two segments of one key are the same text.
#[inline]
fn same_text(known: &str, segment: &str) -> bool {
    known.len() == segment.len() && (known.len() <= 8 || known == segment)
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}

const fn range(bounds: (u32, u32)) -> Range<usize> {
    bounds.0 as usize..bounds.1 as usize
}
