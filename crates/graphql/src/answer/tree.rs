//! An answer as it was read.

use crate::guard::Class;
use crate::plan::{Object, Shape};

/// What stands under `data`.
#[derive(Debug)]
pub(super) enum Data<'p, 'r> {
    /// Nothing: the document was refused as a whole.
    Absent,
    /// Null: an error reached the root.
    Null,
    /// The root's fields.
    Root(Box<[Node<'p, 'r>]>),
}

/// One value.
#[derive(Debug)]
pub(super) enum Node<'p, 'r> {
    /// Not there.
    Absent,
    /// Null, as the instance said.
    Null,
    /// Null or removed, as was decided.
    Withheld,
    /// A number, string, Boolean or any JSON, as it was written.
    Leaf(&'r str),
    /// An object.
    Object(Record<'p, 'r>),
    /// A list.
    List(List<'p, 'r>),
}

/// An object, its fields in the plan's order.
#[derive(Debug)]
pub(super) struct Record<'p, 'r> {
    pub(super) object: &'p Object,
    pub(super) fields: Box<[Node<'p, 'r>]>,
    pub(super) spot: Spot,
}

/// A list.
#[derive(Debug)]
pub(super) struct List<'p, 'r> {
    pub(super) items: Vec<Node<'p, 'r>>,
    /// Where each item stands in what is shown, once one was removed.
    pub(super) shown_at: Option<Box<[Option<usize>]>>,
}

/// The value at the end of a probe; `None` where an object of another type has none.
pub(super) fn value_at<'n, 'p, 'r>(fields: &'n [Node<'p, 'r>], path: &[usize]) -> Option<&'n Node<'p, 'r>> {
    let (first, rest) = path.split_first()?;
    match fields.get(*first)? {
        Node::Object(record) if !rest.is_empty() => value_at(&record.fields, rest),
        node => Some(node),
    }
}

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Spot {
    /// At a place: its index.
    At(usize),
    /// In no project or group, as its probes say.
    Nowhere,
    /// Nothing says where.
    Untold,
    /// What its probes say can't be understood.
    Unknown,
    /// Where the nearest guarded object above it is.
    Inherit,
    /// The same, and nowhere if that is nowhere: its own probes were null.
    InheritOrNowhere,
}

impl Spot {
    /// Itself, or the one above.
    pub(super) const fn below(self, above: Self) -> Self {
        match (self, above) {
            (Self::InheritOrNowhere, Self::Untold) => Self::Nowhere,
            (Self::Inherit | Self::InheritOrNowhere, above) => above,
            (own, _) => own,
        }
    }
}

impl Shape {
    /// The shape without its "can't be null".
    pub(super) fn bare(&self) -> &Self {
        match self {
            Self::NonNull(inner) => inner.bare(),
            other => other,
        }
    }

    pub(super) const fn is_nullable(&self) -> bool {
        !matches!(self, Self::NonNull(_))
    }

    /// The object types that a value of this shape may have; none for leaves and lists.
    pub(super) fn objects(&self) -> &[Object] {
        match self.bare() {
            Self::Object(object) => std::slice::from_ref(object),
            Self::Abstract(several) => &several.objects,
            Self::NonNull(_) | Self::List(_) | Self::Leaf(_) => &[],
        }
    }
}

impl Object {
    /// Whether each object of this type is decided.
    pub(super) fn is_decided(&self) -> bool {
        matches!(self.class, Class::Guarded(_) | Class::Unclassified)
            || self.fields.iter().any(|field| field.takes_parent)
    }
}
