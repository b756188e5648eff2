//! Following a path down the tree.

use super::node::{Leaf, Node};
use super::params::Params;
use super::template::Piece;

/// Paths of more segments than this are uncovered: it bounds the work of nested catch-alls.
pub(crate) const MAX_SEGMENTS: usize = 128;

/// The texts captured on the way.
pub(crate) struct Captures<'p> {
    texts: [&'p str; Params::LIMIT],
    len: usize,
}

impl<'p> Captures<'p> {
    pub(crate) const fn new() -> Self {
        Self { texts: [""; Params::LIMIT], len: 0 }
    }

    #[inline]
    fn push(&mut self, text: &'p str) {
        if let Some(slot) = self.texts.get_mut(self.len) {
            *slot = text;
            self.len += 1;
        }
    }

    /// The texts in path order.
    #[inline]
    pub(crate) fn texts(&self) -> &[&'p str] {
        self.texts.get(..self.len).unwrap_or(&[])
    }
}

/// The leaf for `path`, in which no segment is empty; `None` stands for "no segment left".
///
/// Segment by segment the most specific child comes first: text, text with parameters, a parameter, a catch-all.
pub(crate) fn find<'n, 'p>(
    node: &'n Node,
    path: Option<&'p str>,
    captures: &mut Captures<'p>,
) -> Option<&'n Leaf> {
    let Some(path) = path else { return node.leaf.as_ref() };
    let mark = captures.len;
    if let Some(leaf) = find_by_segment(node, path, captures) {
        return Some(leaf);
    }
    captures.len = mark;
    node.rest_child().and_then(|child| find_rest(child, path, captures))
}

/// Tries the children that take one segment.
#[inline]
fn find_by_segment<'n, 'p>(node: &'n Node, path: &'p str, captures: &mut Captures<'p>) -> Option<&'n Leaf> {
    let (segment, after) = first_segment(path);
    let mark = captures.len;
    if let Some(leaf) = node.static_child(segment).and_then(|child| find(child, after, captures)) {
        return Some(leaf);
    }
    for (pieces, child) in node.patterns() {
        captures.len = mark;
        if capture(pieces, segment, captures)
            && let Some(leaf) = find(child, after, captures)
        {
            return Some(leaf);
        }
    }
    let child = node.param_child()?;
    captures.len = mark;
    captures.push(segment);
    find(child, after, captures)
}

/// A catch-all: of every length, the shortest first, what follows it by segment; then a further catch-all; then its end.
fn find_rest<'n, 'p>(child: &'n Node, path: &'p str, captures: &mut Captures<'p>) -> Option<&'n Leaf> {
    let mark = captures.len;
    if child.has_segment_children()
        && let Some(leaf) =
            at_each_length(path, mark, captures, |after, captures| find_by_segment(child, after, captures))
    {
        return Some(leaf);
    }
    if let Some(further) = child.rest_child()
        && let Some(leaf) =
            at_each_length(path, mark, captures, |after, captures| find_rest(further, after, captures))
    {
        return Some(leaf);
    }
    captures.len = mark;
    captures.push(path);
    child.leaf.as_ref()
}

fn at_each_length<'n, 'p>(
    path: &'p str,
    mark: usize,
    captures: &mut Captures<'p>,
    next: impl Fn(&'p str, &mut Captures<'p>) -> Option<&'n Leaf>,
) -> Option<&'n Leaf> {
    memchr::memchr_iter(b'/', path.as_bytes()).find_map(|end| {
        captures.len = mark;
        captures.push(path.get(..end)?);
        next(path.get(end + 1..)?, captures)
    })
}

#[inline]
fn first_segment(path: &str) -> (&str, Option<&str>) {
    match memchr::memchr(b'/', path.as_bytes()) {
        Some(end) => (path.get(..end).unwrap_or(""), path.get(end + 1..)),
        None => (path, None),
    }
}

/// Matches one segment against text and parameters; each parameter takes as little as it can, but something.
fn capture<'p>(pieces: &[Piece], segment: &'p str, captures: &mut Captures<'p>) -> bool {
    match pieces.split_first() {
        None => segment.is_empty(),
        Some((Piece::Literal(text), after)) => {
            segment.strip_prefix(text.as_str()).is_some_and(|rest| capture(after, rest, captures))
        }
        Some((Piece::Capture(_), [])) => {
            captures.push(segment);
            !segment.is_empty()
        }
        Some((Piece::Capture(_), after)) => capture_then(after, segment, captures),
    }
}

fn capture_then<'p>(after: &[Piece], segment: &'p str, captures: &mut Captures<'p>) -> bool {
    let mark = captures.len;
    segment.char_indices().skip(1).any(|(end, _)| {
        let (taken, rest) = segment.split_at(end);
        captures.len = mark;
        captures.push(taken);
        capture(after, rest, captures)
    })
}
