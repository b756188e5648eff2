//! One tree per method, and the readings of a path that GitLab could prefer to ours.

use super::node::{Leaf, Node};
use super::template::Segment;
use super::walk::{Captures, MAX_SEGMENTS, find};
use super::{Ambiguity, Method, Params};
use crate::OperationId;

/// Suffixes that GitLab's router takes as the wanted format of the answer.
const FORMATS: [&str; 10] = ["json", "xml", "txt", "binary", "html", "atom", "rss", "csv", "ics", "js"];

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Operation(OperationId),
    Ambiguous(Ambiguity),
    Nothing,
}

/// Every template of a catalogue.
#[derive(Debug, Default)]
pub(crate) struct Router {
    trees: [Node; Method::ALL.len()],
}

impl Router {
    pub(crate) fn insert(&mut self, method: Method, variant: &[Segment], leaf: Leaf) {
        if let Some(tree) = self.trees.get_mut(method as usize) {
            tree.insert(variant, leaf);
        }
    }

    pub(crate) fn classify<'p>(&self, method: Method, path: &'p str, params: &mut Params<'p>) -> Found {
        params.clear();
        let Some(body) = path.strip_prefix('/') else { return Found::Nothing };
        let body = body.strip_suffix('/').unwrap_or(body);
        if !is_well_formed(body) {
            return Found::Nothing;
        }
        let mut captures = Captures::new();
        let leaf = self.find(method, body, &mut captures);
        if let Some(ambiguity) = self.other_reading(method, body, leaf, captures.texts().last().copied()) {
            return Found::Ambiguous(ambiguity);
        }
        let Some(leaf) = leaf else { return Found::Nothing };
        for (slot, text) in leaf.slots.iter().zip(captures.texts()) {
            params.set(usize::from(*slot), text);
        }
        Found::Operation(leaf.operation)
    }

    fn find<'p>(&self, method: Method, body: &'p str, captures: &mut Captures<'p>) -> Option<&Leaf> {
        let own = self.trees.get(method as usize).and_then(|tree| find(tree, Some(body), captures));
        if own.is_some() || method != Method::Head {
            return own;
        }
        *captures = Captures::new();
        self.trees.get(Method::Get as usize).and_then(|tree| find(tree, Some(body), captures))
    }

    /// GitLab's router may cut `.word` off the last segment before it compares.
    fn other_reading(
        &self,
        method: Method,
        body: &str,
        leaf: Option<&Leaf>,
        last: Option<&str>,
    ) -> Option<Ambiguity> {
        let dot = memchr::memrchr(b'.', body.as_bytes())?;
        let stem = body.get(..dot)?;
        if body.get(dot..)?.contains('/') || leaf.is_some_and(|leaf| leaf.ends_static) {
            return None;
        }
        if let Some(leaf) = leaf
            && leaf.ends_in_container
            && last.is_some_and(has_format_suffix)
        {
            return Some(Ambiguity::Container(leaf.operation));
        }
        let cut = self.find(method, stem, &mut Captures::new())?;
        let differs = leaf.is_none_or(|leaf| leaf.operation != cut.operation);
        (cut.ends_static && differs).then_some(Ambiguity::Sibling(cut.operation))
    }
}

/// Whether no segment is empty and there are not too many.
fn is_well_formed(body: &str) -> bool {
    let mut segments = 1;
    let mut start = 0;
    for slash in memchr::memchr_iter(b'/', body.as_bytes()) {
        if slash == start || segments == MAX_SEGMENTS {
            return false;
        }
        start = slash + 1;
        segments += 1;
    }
    start < body.len()
}

/// Whether GitLab could take the end of an id or full path as a format: any word after a number, known formats after
/// a path, where dots are common.
fn has_format_suffix(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(stem, suffix)| {
        let number = !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit());
        number || FORMATS.iter().any(|format| suffix.eq_ignore_ascii_case(format))
    })
}
