//! The tree of segments that paths are matched against.

use super::template::{Piece, Segment};
use crate::OperationId;

/// Where a template ends.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) operation: OperationId,
    /// For each captured text in path order, its position in the operation's parameters.
    pub(crate) slots: Box<[u8]>,
    /// Whether the last segment is static text.
    pub(crate) ends_static: bool,
    /// Whether the last segment names the container that the check applies to.
    pub(crate) ends_in_container: bool,
}

/// A static child: its text, and the first eight bytes of it as a number to compare by.
#[derive(Debug)]
pub(crate) struct StaticChild {
    key: u64,
    text: Box<str>,
    node: Node,
}

/// One place in the tree.
#[derive(Debug, Default)]
pub(crate) struct Node {
    statics: Vec<StaticChild>,
    patterns: Vec<(Box<[Piece]>, Node)>,
    param: Option<Box<Node>>,
    rest: Option<Box<Node>>,
    pub(crate) leaf: Option<Leaf>,
}

impl Node {
    /// Adds a template's variant. Two variants of one shape: the later replaces the earlier (the compiler refuses that
    /// before).
    pub(crate) fn insert(&mut self, segments: &[Segment], leaf: Leaf) {
        match segments.split_first() {
            None => self.leaf = Some(leaf),
            Some((segment, after)) => self.child_mut(segment).insert(after, leaf),
        }
    }

    fn child_mut(&mut self, segment: &Segment) -> &mut Self {
        match segment {
            Segment::Static(text) => self.static_mut(text),
            Segment::Pattern(pieces) => self.pattern_mut(pieces),
            Segment::Param(_) => self.param.get_or_insert_default(),
            Segment::Rest(_) => self.rest.get_or_insert_default(),
        }
    }

    #[expect(clippy::indexing_slicing, reason = "the position was just found or filled")]
    fn static_mut(&mut self, text: &str) -> &mut Self {
        let at = self.find_static(text).unwrap_or_else(|at| {
            let child = StaticChild { key: key(text.as_bytes()), text: text.into(), node: Self::default() };
            self.statics.insert(at, child);
            at
        });
        &mut self.statics[at].node
    }

    #[expect(clippy::indexing_slicing, reason = "the position was just found or filled")]
    fn pattern_mut(&mut self, pieces: &[Piece]) -> &mut Self {
        let at = self.patterns.iter().position(|(known, _)| same_text(known, pieces)).unwrap_or_else(|| {
            let longer = |(known, _): &(Box<[Piece]>, Self)| specificity(known) >= specificity(pieces);
            let at = self.patterns.iter().take_while(|pattern| longer(pattern)).count();
            self.patterns.insert(at, (pieces.into(), Self::default()));
            at
        });
        &mut self.patterns[at].1
    }

    fn find_static(&self, text: &str) -> Result<usize, usize> {
        let wanted = key(text.as_bytes());
        self.statics.binary_search_by(|child| {
            child.key.cmp(&wanted).then_with(|| child.text.as_bytes().cmp(text.as_bytes()))
        })
    }

    /// The child for exactly this text.
    #[inline]
    pub(crate) fn static_child(&self, text: &str) -> Option<&Self> {
        let at = self.find_static(text).ok()?;
        self.statics.get(at).map(|child| &child.node)
    }

    /// The children for text mixed with parameters, longest text first.
    #[inline]
    pub(crate) fn patterns(&self) -> &[(Box<[Piece]>, Self)] {
        &self.patterns
    }

    /// The child for any segment.
    #[inline]
    pub(crate) fn param_child(&self) -> Option<&Self> {
        self.param.as_deref()
    }

    /// The child for any number of segments.
    #[inline]
    pub(crate) fn rest_child(&self) -> Option<&Self> {
        self.rest.as_deref()
    }

    /// Whether a child takes one segment.
    #[inline]
    pub(crate) fn has_segment_children(&self) -> bool {
        !self.statics.is_empty() || !self.patterns.is_empty() || self.param.is_some()
    }
}

/// The first eight bytes as a number that sorts as the bytes do.
#[inline]
fn key(text: &[u8]) -> u64 {
    match text.first_chunk::<8>() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            text.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)) << (8 * (8 - text.len())).min(63)
        }
    }
}

fn same_text(left: &[Piece], right: &[Piece]) -> bool {
    left.len() == right.len()
        && left.iter().zip(right).all(|pair| match pair {
            (Piece::Literal(left), Piece::Literal(right)) => left == right,
            (Piece::Capture(_), Piece::Capture(_)) => true,
            _ => false,
        })
}

fn specificity(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| if let Piece::Literal(text) = piece { text.len() } else { 0 }).sum()
}
