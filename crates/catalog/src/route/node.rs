//! The tree of segments while it is built.

use std::collections::BTreeMap;

use super::template::{Piece, Segment};
use crate::OperationId;

/// Where a template ends.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) operation: OperationId,
    /// For each captured text in path order its position among the operation's parameters; `None` where they agree.
    pub(crate) slots: Option<Box<[u8]>>,
    /// Whether the last segment is static text.
    pub(crate) ends_static: bool,
    /// Whether the last segment is a parameter and nothing else.
    pub(crate) ends_in_parameter: bool,
    /// Whether the last segment names the container that the check applies to.
    pub(crate) ends_in_container: bool,
}

/// One place in the tree.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) statics: BTreeMap<String, Node>,
    /// Longest text first.
    pub(super) patterns: Vec<(Vec<Piece>, Node)>,
    pub(super) param: Option<Box<Node>>,
    pub(super) rest: Option<Box<Node>>,
    pub(super) leaf: Option<Leaf>,
}

impl Node {
    /// Adds a template's variant. Two of one shape: the later replaces the earlier, which the compiler refuses before.
    pub(super) fn insert(&mut self, segments: &[Segment], leaf: Leaf) {
        match segments.split_first() {
            None => self.leaf = Some(leaf),
            Some((segment, after)) => self.child(segment).insert(after, leaf),
        }
    }

    fn child(&mut self, segment: &Segment) -> &mut Self {
        match segment {
            Segment::Static(text) => self.statics.entry(text.clone()).or_default(),
            Segment::Pattern(pieces) => self.pattern(pieces),
            Segment::Param(_) => self.param.get_or_insert_default(),
            Segment::Rest(_) => self.rest.get_or_insert_default(),
        }
    }

    #[expect(clippy::indexing_slicing, reason = "the position was just found or filled")]
    fn pattern(&mut self, pieces: &[Piece]) -> &mut Self {
        let at = self.patterns.iter().position(|(known, _)| same_text(known, pieces)).unwrap_or_else(|| {
            let at = self.patterns.partition_point(|(known, _)| text_length(known) >= text_length(pieces));
            self.patterns.insert(at, (pieces.to_vec(), Self::default()));
            at
        });
        &mut self.patterns[at].1
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

fn text_length(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| if let Piece::Literal(text) = piece { text.len() } else { 0 }).sum()
}
