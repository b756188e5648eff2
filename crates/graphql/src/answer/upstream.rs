//! The instance's own errors.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::mismatch::Step;
use super::tree::{List, Node, Record, Spot, value_at};
use crate::plan::{Field, LocatedBy, Object, Position, Shape};

/// What is told of a document that was refused for what its author can't see.
const REFUSED: &str = r#""The instance refused the document""#;

/// An error as the instance told it.
#[derive(Debug, Deserialize)]
pub(super) struct UpstreamError<'r> {
    #[serde(borrow, deserialize_with = "text")]
    message: &'r str,
    #[serde(borrow, default)]
    path: Option<Vec<UpstreamStep<'r>>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum UpstreamStep<'r> {
    Index(usize),
    Key(#[serde(borrow)] Cow<'r, str>),
}

/// An error of the instance's that is passed on.
#[derive(Debug)]
pub(super) struct Kept<'p, 'r> {
    /// A JSON string.
    pub(super) message: &'r str,
    /// The field that the client wrote, and where it is in what is shown.
    pub(super) at: Option<(Position, Vec<Step<'p>>)>,
}

impl UpstreamError<'_> {
    pub(super) const fn has_path(&self) -> bool {
        self.path.is_some()
    }
}

/// A JSON string as it is written.
fn text<'de: 'r, 'r, D: serde::Deserializer<'de>>(json: D) -> Result<&'r str, D::Error> {
    let raw = <&'de RawValue>::deserialize(json)?.get();
    if raw.starts_with('"') { Ok(raw) } else { Err(serde::de::Error::custom("no text")) }
}

/// An object whose probe failed says nothing of where it is: what was null for an error isn't what is null for having no
/// project.
pub(super) fn doubt_failed_probes(fields: &mut [Node<'_, '_>], root: &Object, errors: &[UpstreamError<'_>]) {
    for path in errors.iter().filter_map(|error| error.path.as_deref()) {
        doubt(fields, root, path);
    }
}

fn doubt(fields: &mut [Node<'_, '_>], object: &Object, path: &[UpstreamStep<'_>]) {
    let Some((UpstreamStep::Key(key), rest)) = path.split_first() else { return };
    let Some(index) = object.fields.iter().position(|field| field.wire_key() == &**key) else { return };
    if let Some(node) = fields.get_mut(index) {
        doubt_value(node, rest);
    }
}

fn doubt_value(node: &mut Node<'_, '_>, path: &[UpstreamStep<'_>]) {
    match (node, path.split_first()) {
        (Node::List(list), Some((UpstreamStep::Index(index), rest))) => {
            if let Some(item) = list.items.get_mut(*index) {
                doubt_value(item, rest);
            }
        }
        (Node::Object(record), Some((UpstreamStep::Key(key), _))) if record.rests_on(key) => {
            record.spot = Spot::Unknown;
        }
        (Node::Object(record), _) => doubt(&mut record.fields, record.object, path),
        _ => {}
    }
}

impl Record<'_, '_> {
    /// Whether its place was read from the field of this key, or would have been if that weren't null.
    fn rests_on(&self, key: &str) -> bool {
        for located in &self.object.located_by {
            let LocatedBy::Field { path, .. } = located else { return false };
            let first = path.first().and_then(|index| self.object.fields.get(*index));
            if first.is_some_and(|field| field.wire_key() == key) {
                return true;
            }
            if !matches!(value_at(&self.fields, path), None | Some(Node::Null)) {
                return false;
            }
        }
        false
    }
}

/// The errors that may be passed on, after what is withheld was marked.
///
/// Those that lead to something shown keep their path, with the indices of what is shown. Those without a path are kept.
/// Of a document that the instance refused as a whole the messages are kept: paths are those of the document that was
/// forwarded.
pub(super) fn kept<'p, 'r>(
    root: &'p Object,
    fields: Option<&[Node<'p, 'r>]>,
    errors: &[UpstreamError<'r>],
) -> Vec<Kept<'p, 'r>> {
    let keep = |error: &UpstreamError<'r>| {
        let at = match &error.path {
            Some(path) => {
                let mut trail = Trail { position: Position::default(), path: Vec::with_capacity(path.len()) };
                let is_shown = match fields {
                    Some(fields) => trail.follow_fields(root, fields, path),
                    None => trail.allow_field(root, path),
                };
                if !is_shown {
                    return None;
                }
                Some((trail.position, trail.path))
            }
            None => None,
        };
        Some(Kept { message: error.message, at })
    };
    errors.iter().filter_map(keep).collect()
}

/// The messages of a document that was refused as a whole.
pub(super) fn messages<'p, 'r>(root: &Object, errors: &[UpstreamError<'r>]) -> Vec<Kept<'p, 'r>> {
    let hidden = hidden_prefix(root);
    let is_telling = |message: &str| hidden.is_none_or(|prefix| !message.contains(prefix));
    let messages = errors.iter().map(|error| error.message).filter(|message| is_telling(message));
    let mut kept: Vec<_> = messages.map(|message| Kept { message, at: None }).collect();
    if kept.is_empty() {
        kept.push(Kept { message: REFUSED, at: None });
    }
    kept
}

/// What all keys begin with that the client doesn't know.
fn hidden_prefix(object: &Object) -> Option<&str> {
    let prefix = |key: &'_ str| key.rfind('_').map_or(key.len(), |end| end + 1);
    object.fields.iter().find_map(|field| {
        if !field.is_shown || field.alias.is_some() {
            return field.wire_key().get(..prefix(field.wire_key()));
        }
        let mut shape = field.shape.bare();
        while let Shape::List(item) = shape {
            shape = item.bare();
        }
        if let Shape::Abstract(several) = shape {
            return several.typename_key.get(..prefix(&several.typename_key));
        }
        shape.objects().iter().find_map(hidden_prefix)
    })
}

/// A path of an error, as far as it was followed.
struct Trail<'p> {
    position: Position,
    path: Vec<Step<'p>>,
}

impl<'p> Trail<'p> {
    fn enter(&mut self, field: &'p Field) {
        self.position = field.position;
        self.path.push(Step::Key(&field.key));
    }

    /// Whether a path from an object that is shown leads to something shown.
    fn follow_fields(
        &mut self,
        object: &'p Object,
        fields: &[Node<'p, '_>],
        path: &[UpstreamStep<'_>],
    ) -> bool {
        let Some((first, rest)) = path.split_first() else { return true };
        let UpstreamStep::Key(key) = first else { return false };
        let found =
            object.fields.iter().zip(fields).find(|(field, _)| field.is_shown && field.wire_key() == &**key);
        found.is_some_and(|(field, node)| {
            self.enter(field);
            self.follow(&field.shape, node, rest)
        })
    }

    fn follow(&mut self, shape: &'p Shape, node: &Node<'p, '_>, path: &[UpstreamStep<'_>]) -> bool {
        match node {
            Node::Withheld | Node::Absent => false,
            Node::Null => self.allow(shape, path),
            Node::Leaf(_) => path.is_empty(),
            Node::Object(record) => self.follow_fields(record.object, &record.fields, path),
            Node::List(list) => {
                let Some((first, rest)) = path.split_first() else { return true };
                let (UpstreamStep::Index(index), Shape::List(item)) = (first, shape.bare()) else {
                    return false;
                };
                let (Some(node), Some(shown_at)) = (list.items.get(*index), list.shown_at(*index)) else {
                    return false;
                };
                self.path.push(Step::Index(shown_at));
                self.follow(item, node, rest)
            }
        }
    }

    /// Whether a path goes on below null without meeting anything that would have had to be decided.
    fn allow(&mut self, shape: &'p Shape, path: &[UpstreamStep<'_>]) -> bool {
        let Some((first, rest)) = path.split_first() else { return true };
        match (shape.bare(), first) {
            (Shape::List(item), UpstreamStep::Index(index)) => {
                self.path.push(Step::Index(*index));
                self.allow(item, rest)
            }
            (Shape::Object(object), UpstreamStep::Key(_)) => {
                !object.is_decided() && self.allow_field(object, path)
            }
            // Which of its types it was isn't known.
            _ => false,
        }
    }

    fn allow_field(&mut self, object: &'p Object, path: &[UpstreamStep<'_>]) -> bool {
        let Some((first, rest)) = path.split_first() else { return true };
        let UpstreamStep::Key(key) = first else { return false };
        let is_free = |field: &&Field| field.is_shown && field.guard.is_none() && field.counts.is_empty();
        let Some(field) = object.fields.iter().filter(is_free).find(|field| field.wire_key() == &**key)
        else {
            return false;
        };
        self.enter(field);
        self.allow(&field.shape, rest)
    }
}

impl List<'_, '_> {
    /// Where an item stands in what is shown.
    fn shown_at(&self, index: usize) -> Option<usize> {
        match &self.shown_at {
            Some(shown_at) => shown_at.get(index).copied().flatten(),
            None => Some(index),
        }
    }
}
