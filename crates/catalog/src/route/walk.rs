//! Following a path down the tree.

use super::node::Leaf;
use super::params::Params;
use super::segment_key::cut;
use super::template::Piece;
use super::tree::{Place, Tree};

/// A catch-all takes no more segments than this: it bounds the work of several in one template.
const MAX_SEGMENTS: usize = 128;

/// A path on its way down one tree. Positions are bytes; one past the end stands for "no segment left".
pub(super) struct Walk<'n, 'w> {
    pub(super) tree: &'n Tree,
    pub(super) path: &'w [u8],
}

impl<'n> Walk<'n, '_> {
    /// The leaf for the path from `at` on.
    ///
    /// Segment by segment the most specific child comes first: text, text with parameters, a parameter, a catch-all.
    /// Most places leave no choice; only where there is one, the walk may have to come back.
    pub(super) fn find(&self, place: &'n Place, at: usize, params: &mut Params<'_>) -> Option<&'n Leaf> {
        let (mut place, mut at) = (place, at);
        while at <= self.path.len() {
            if !place.is_plain() {
                return self.find_branching(place, at, params);
            }
            let (key, end) = cut(self.path, at);
            let segment = self.path.get(at..end).filter(|segment| !segment.is_empty())?;
            let text = self.tree.static_child(place, key, segment);
            place = match (text, self.tree.param_child(place)) {
                (Some(_), Some(_)) => return self.find_branching(place, at, params),
                (Some(child), None) => child,
                (None, param) => {
                    params.capture(at, end);
                    param?
                }
            };
            at = end + 1;
        }
        self.tree.leaf(place)
    }

    fn find_branching(&self, place: &'n Place, at: usize, params: &mut Params<'_>) -> Option<&'n Leaf> {
        let mark = params.mark();
        if let Some(leaf) = self.find_by_segment(place, at, params) {
            return Some(leaf);
        }
        let child = self.tree.rest_child(place)?;
        params.rewind(mark);
        if self.is_well_formed(at) { self.find_rest(child, at, params) } else { None }
    }

    /// Tries the children that take one segment.
    #[inline]
    fn find_by_segment(&self, place: &'n Place, at: usize, params: &mut Params<'_>) -> Option<&'n Leaf> {
        let (key, end) = cut(self.path, at);
        let segment = self.path.get(at..end)?;
        if segment.is_empty() {
            return None;
        }
        let mark = params.mark();
        if let Some(child) = self.tree.static_child(place, key, segment)
            && let Some(leaf) = self.find(child, end + 1, params)
        {
            return Some(leaf);
        }
        for (pieces, child) in self.tree.patterns(place) {
            params.rewind(mark);
            if self.capture(pieces, at, end, params)
                && let Some(leaf) =
                    self.tree.place(*child).and_then(|child| self.find(child, end + 1, params))
            {
                return Some(leaf);
            }
        }
        let child = self.tree.param_child(place)?;
        params.rewind(mark);
        params.capture(at, end);
        self.find(child, end + 1, params)
    }

    /// A catch-all: of every length, the shortest first, what follows it by segment; then a further catch-all; then its
    /// end.
    fn find_rest(&self, place: &'n Place, at: usize, params: &mut Params<'_>) -> Option<&'n Leaf> {
        let mark = params.mark();
        if place.has_segment_children()
            && let Some(leaf) =
                self.at_each_length(at, params, |at, params| self.find_by_segment(place, at, params))
        {
            return Some(leaf);
        }
        params.rewind(mark);
        if let Some(further) = self.tree.rest_child(place)
            && let Some(leaf) =
                self.at_each_length(at, params, |at, params| self.find_rest(further, at, params))
        {
            return Some(leaf);
        }
        params.rewind(mark);
        params.capture(at, self.path.len());
        self.tree.leaf(place)
    }

    fn at_each_length<'p>(
        &self,
        at: usize,
        params: &mut Params<'p>,
        next: impl Fn(usize, &mut Params<'p>) -> Option<&'n Leaf>,
    ) -> Option<&'n Leaf> {
        let mark = params.mark();
        memchr::memchr_iter(b'/', self.path.get(at..)?).find_map(|length| {
            params.rewind(mark);
            params.capture(at, at + length);
            next(at + length + 1, params)
        })
    }

    /// Whether no segment from `at` on is empty and there are not too many.
    fn is_well_formed(&self, at: usize) -> bool {
        let rest = self.path.get(at..).unwrap_or(&[]);
        let mut start = 0;
        for (segments, slash) in (1..).zip(memchr::memchr_iter(b'/', rest)) {
            if slash == start || segments == MAX_SEGMENTS {
                return false;
            }
            start = slash + 1;
        }
        start < rest.len()
    }

    /// Matches one segment against text and parameters; each parameter takes as little as it can, but something.
    fn capture(&self, pieces: &[Piece], at: usize, end: usize, params: &mut Params<'_>) -> bool {
        match pieces.split_first() {
            None => at == end,
            Some((Piece::Literal(text), after)) => {
                let here = self.path.get(at..end).is_some_and(|rest| rest.starts_with(text.as_bytes()));
                here && self.capture(after, at + text.len(), end, params)
            }
            Some((Piece::Capture(_), [])) => {
                params.capture(at, end);
                at < end
            }
            Some((Piece::Capture(_), after)) => {
                let mark = params.mark();
                (at + 1..=end).any(|middle| {
                    params.rewind(mark);
                    params.capture(at, middle);
                    self.capture(after, middle, end, params)
                })
            }
        }
    }
}
