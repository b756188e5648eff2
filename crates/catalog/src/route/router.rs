//! One tree per method, and the readings of a path that GitLab could prefer to ours.

use super::node::{Leaf, Node};
use super::template::Segment;
use super::tree::Tree;
use super::walk::Walk;
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

/// Every template of a catalogue while it is collected.
#[derive(Debug, Default)]
pub(crate) struct RouterBuilder {
    roots: [Node; Method::ALL.len()],
}

impl RouterBuilder {
    pub(crate) fn insert(&mut self, method: Method, variant: &[Segment], leaf: Leaf) {
        if let Some(root) = self.roots.get_mut(method as usize) {
            root.insert(variant, leaf);
        }
    }

    pub(crate) fn build(self) -> Router {
        Router { trees: self.roots.map(Tree::build) }
    }
}

/// Every template of a catalogue.
#[derive(Debug, Default)]
pub(crate) struct Router {
    trees: [Tree; Method::ALL.len()],
}

impl Router {
    pub(crate) fn classify<'p>(&self, method: Method, path: &'p str, params: &mut Params<'p>) -> Found {
        let body = path.strip_suffix('/').unwrap_or(path);
        params.begin(body);
        if !body.starts_with('/') {
            return Found::Nothing;
        }
        let leaf = self.find(method, body, params);
        if has_dot(leaf, body, params)
            && let Some(ambiguity) = self.other_reading(method, body, leaf, params)
        {
            params.begin("");
            return Found::Ambiguous(ambiguity);
        }
        let Some(leaf) = leaf else { return Found::Nothing };
        params.settle(leaf.slots.as_deref());
        Found::Operation(leaf.operation)
    }

    fn find<'p>(&self, method: Method, body: &'p str, params: &mut Params<'p>) -> Option<&Leaf> {
        let own = self.find_exactly(method, body, params);
        if own.is_some() || method != Method::Head {
            return own;
        }
        params.begin(body);
        self.find_exactly(Method::Get, body, params)
    }

    #[inline]
    fn find_exactly(&self, method: Method, body: &str, params: &mut Params<'_>) -> Option<&Leaf> {
        let tree = self.trees.get(method as usize)?;
        // The first segment begins behind the leading slash.
        Walk { tree, path: body.as_bytes() }.find(tree.root()?, 1, params)
    }

    /// GitLab's router may cut `.word` off the last segment before it compares.
    #[cold]
    fn other_reading(
        &self,
        method: Method,
        body: &str,
        leaf: Option<&Leaf>,
        params: &Params<'_>,
    ) -> Option<Ambiguity> {
        let dot = memchr::memrchr(b'.', body.as_bytes())?;
        let (stem, suffix) = (body.get(..dot)?, body.get(dot..)?);
        if suffix.contains('/') {
            return None;
        }
        if let Some(leaf) = leaf
            && leaf.ends_in_container
            && params.last_captured().is_some_and(has_format_suffix)
        {
            return Some(Ambiguity::Container(leaf.operation));
        }
        let cut = self.find(method, stem, &mut Params::new())?;
        let differs = leaf.is_none_or(|leaf| leaf.operation != cut.operation);
        (cut.ends_static && differs).then_some(Ambiguity::Sibling(cut.operation))
    }
}

/// Whether there may be a suffix to cut off: not where the last segment is text that the template itself has.
#[inline]
fn has_dot(leaf: Option<&Leaf>, body: &str, params: &Params<'_>) -> bool {
    match leaf {
        Some(leaf) if leaf.ends_static => false,
        Some(leaf) if leaf.ends_in_parameter => params.last_captured_bytes().contains(&b'.'),
        _ => memchr::memchr(b'.', body.as_bytes()).is_some(),
    }
}

/// Whether GitLab could take the end of an id or full path as a format: any word after a number, known formats after
/// a path, where dots are common.
fn has_format_suffix(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(stem, suffix)| {
        let number = !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit());
        number || FORMATS.iter().any(|format| suffix.eq_ignore_ascii_case(format))
    })
}
