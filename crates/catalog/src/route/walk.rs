//! Following a path down the tree.

use super::node::Leaf;
use super::params::Params;
use super::segment_key::cut;
use super::template::Piece;
use super::tree::{Place, Tree};

/// A catch-all takes no more segments than this: it bounds the work of several in one template.
const MAX_SEGMENTS: usize = 128;

/// The leaf for `path`; `None` stands for "no segment left".
///
/// Segment by segment the most specific child comes first: text, text with parameters, a parameter, a catch-all.
pub(super) fn find<'n, 'p>(
    tree: &'n Tree,
    place: &'n Place,
    path: Option<&'p str>,
    params: &mut Params<'p>,
) -> Option<&'n Leaf> {
    let Some(path) = path else { return tree.leaf(place) };
    let mark = params.mark();
    if let Some(leaf) = find_by_segment(tree, place, path, params) {
        return Some(leaf);
    }
    let child = tree.rest_child(place)?;
    params.rewind(mark);
    if is_well_formed(path) { find_rest(tree, child, path, params) } else { None }
}

/// Tries the children that take one segment.
#[inline]
fn find_by_segment<'n, 'p>(
    tree: &'n Tree,
    place: &'n Place,
    path: &'p str,
    params: &mut Params<'p>,
) -> Option<&'n Leaf> {
    let (key, segment, after) = cut(path);
    if segment.is_empty() {
        return None;
    }
    let mark = params.mark();
    if let Some(child) = tree.static_child(place, key, segment)
        && let Some(leaf) = find(tree, child, after, params)
    {
        return Some(leaf);
    }
    for (pieces, child) in tree.patterns(place) {
        params.rewind(mark);
        if capture(pieces, segment, params)
            && let Some(leaf) = tree.place(*child).and_then(|child| find(tree, child, after, params))
        {
            return Some(leaf);
        }
    }
    let child = tree.param_child(place)?;
    params.rewind(mark);
    params.capture(segment);
    find(tree, child, after, params)
}

/// A catch-all: of every length, the shortest first, what follows it by segment; then a further catch-all; then its end.
fn find_rest<'n, 'p>(
    tree: &'n Tree,
    place: &'n Place,
    path: &'p str,
    params: &mut Params<'p>,
) -> Option<&'n Leaf> {
    let mark = params.mark();
    if place.has_segment_children()
        && let Some(leaf) =
            at_each_length(path, params, |after, params| find_by_segment(tree, place, after, params))
    {
        return Some(leaf);
    }
    params.rewind(mark);
    if let Some(further) = tree.rest_child(place)
        && let Some(leaf) =
            at_each_length(path, params, |after, params| find_rest(tree, further, after, params))
    {
        return Some(leaf);
    }
    params.rewind(mark);
    params.capture(path);
    tree.leaf(place)
}

fn at_each_length<'n, 'p>(
    path: &'p str,
    params: &mut Params<'p>,
    next: impl Fn(&'p str, &mut Params<'p>) -> Option<&'n Leaf>,
) -> Option<&'n Leaf> {
    let mark = params.mark();
    memchr::memchr_iter(b'/', path.as_bytes()).find_map(|end| {
        params.rewind(mark);
        params.capture(path.get(..end)?);
        next(path.get(end + 1..)?, params)
    })
}

/// Whether no segment is empty and there are not too many.
fn is_well_formed(path: &str) -> bool {
    let mut segments = 1;
    let mut start = 0;
    for slash in memchr::memchr_iter(b'/', path.as_bytes()) {
        if slash == start || segments == MAX_SEGMENTS {
            return false;
        }
        start = slash + 1;
        segments += 1;
    }
    start < path.len()
}

/// Matches one segment against text and parameters; each parameter takes as little as it can, but something.
fn capture<'p>(pieces: &[Piece], segment: &'p str, params: &mut Params<'p>) -> bool {
    match pieces.split_first() {
        None => segment.is_empty(),
        Some((Piece::Literal(text), after)) => {
            segment.strip_prefix(text.as_str()).is_some_and(|rest| capture(after, rest, params))
        }
        Some((Piece::Capture(_), [])) => {
            params.capture(segment);
            !segment.is_empty()
        }
        Some((Piece::Capture(_), after)) => capture_then(after, segment, params),
    }
}

fn capture_then<'p>(after: &[Piece], segment: &'p str, params: &mut Params<'p>) -> bool {
    let mark = params.mark();
    segment.char_indices().skip(1).any(|(end, _)| {
        let (taken, rest) = segment.split_at(end);
        params.rewind(mark);
        params.capture(taken);
        capture(after, rest, params)
    })
}
