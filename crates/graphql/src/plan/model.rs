//! The tree of a plan.

use std::sync::Arc;

use crate::guard::{ArgumentPath, Class, FieldGuard, Reads, Rules};

/// One operation, normalised: fragments are in their places, `@skip` and `@include` are decided, selections of one key
/// are one field, and every position knows its types.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Whether it reads or changes.
    pub kind: Kind,
    /// The operation's own name, for the instance's log.
    pub name: Option<Box<str>>,
    /// The root object: of type Query or Mutation.
    pub root: Object,
    /// What is known of each of the root's fields before anything is forwarded, in their order.
    pub roots: Box<[Root]>,
    /// The variables that what is left of the document uses.
    pub variables: Box<[VariableDefinition]>,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It reads.
    Query,
    /// It changes something; its root fields run one by one, in order.
    Mutation,
}

/// What is known of a root field before anything is forwarded.
#[derive(Clone, Debug)]
pub struct Root {
    /// Whether the catalogue says what it needs, be it nothing.
    pub is_covered: bool,
    /// What must hold, beyond the type of its value.
    pub guard: Option<Arc<FieldGuard>>,
    /// What the project or group that it returns must hold, where an argument names it.
    pub container: Option<Container>,
    /// The variables that it and what is below it use: indices into the plan's.
    pub variables: Box<[usize]>,
}

/// A project or group that a root field returns and an argument names.
#[derive(Clone, Debug)]
pub struct Container {
    /// What guards it.
    pub rules: Arc<Rules>,
    /// The argument.
    pub argument: ArgumentPath,
}

/// A variable as the document defines it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableDefinition {
    /// Its name without `$`.
    pub name: Box<str>,
    /// Its type and default value as they are written: `[ID!]! = ["a"]`.
    pub definition: Box<str>,
    /// Whether it may be null.
    pub is_nullable: bool,
    /// The default value, if there is one.
    pub default: Option<serde_json::Value>,
}

/// What is expected of an object of one object type.
#[derive(Clone, Debug)]
pub struct Object {
    /// The object type.
    pub type_name: Box<str>,
    /// What it is. The root is structural; what probes pass through is a part.
    pub class: Class,
    /// Its fields, in the order of the answer; hidden ones last. None only where the position has several types.
    pub fields: Vec<Field>,
    /// Where its place is read from: the first that isn't null.
    pub located_by: Box<[LocatedBy]>,
}

/// Where an object's place is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocatedBy {
    /// From a hidden field, or a scalar that the client asks for: indices into `fields`, from the object down. Where a
    /// position on the way has several types, the index is into the fields of the type that was answered, and one that
    /// isn't there is null.
    Field {
        /// At each level the index of the field.
        path: Box<[usize]>,
        /// How its value names a place.
        reads: Reads,
    },
    /// From the nearest guarded object above.
    Inherit,
}

/// One field of an answer.
#[derive(Clone, Debug)]
pub struct Field {
    /// The key in the answer that the client gets: the alias, or the name.
    pub key: Box<str>,
    /// The key on the way to the instance and back, where that is another: types that a value may be of, and whose
    /// fields of one key differ, can't be asked for that key together.
    pub alias: Option<Box<str>>,
    /// The field's name in the schema.
    pub name: Box<str>,
    /// Whether the client asked for it. A hidden one is a probe, or a node that takes its edge with it.
    pub is_shown: bool,
    /// The arguments as GraphQL text, with parentheses; empty if there are none.
    pub arguments: Box<str>,
    /// The arguments' values, where a guard reads them.
    pub values: Box<[(Box<str>, Value)]>,
    /// Where the client wrote it.
    pub position: Position,
    /// What must hold beyond the type of its value; of root fields, their [`Root`] tells.
    pub guard: Option<Arc<FieldGuard>>,
    /// Of something that tells about objects whether they are shown or not: what these may be. Each must be admitted where
    /// the field is asked.
    pub counts: Box<[Class]>,
    /// Whether that is so only where the place decides such objects: of `pageInfo`, whose cursors hold what the first and
    /// last node are sorted by, and without which nobody gets to the next page; of what is found by filters, which would
    /// tell of an object that isn't shown whether it fits.
    pub counts_if_settled: bool,
    /// The arguments, and the input fields below them, that say what it looks for in texts of the objects, or by which text
    /// it orders them: with such, these must be admitted wherever it looks, since guesses would tell what is written there.
    pub sought_by: Box<[Box<[Box<str>]>]>,
    /// The node of an edge: withheld, it takes its edge with it.
    pub takes_parent: bool,
    /// What its value looks like.
    pub shape: Shape,
}

/// The value of an argument, with variables in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No variable in it.
    Constant(serde_json::Value),
    /// `$name`, and what holds where it has no value.
    Variable(Box<str>, Option<serde_json::Value>),
    /// A list with variables in it.
    List(Vec<Value>),
    /// An input object with variables in it.
    Object(Vec<(Box<str>, Value)>),
}

/// A place in the client's document, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// What a value looks like.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A value that can't be null.
    NonNull(Box<Shape>),
    /// A list.
    List(Box<Shape>),
    /// A scalar or enum.
    Leaf(Leaf),
    /// An object of this type.
    Object(Box<Object>),
    /// An object of one of several types.
    Abstract(Box<Abstract>),
}

/// What a leaf may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// A number, string or Boolean: never an object or list.
    Plain,
    /// A scalar of the instance's own, which may be any JSON (`JSON`, `JsonString`, …).
    Any,
}

/// An object of one of several types.
#[derive(Clone, Debug)]
pub struct Abstract {
    /// The key of the hidden `__typename`, which comes first and isn't among the fields.
    pub typename_key: Box<str>,
    /// The interface or union.
    pub type_name: Box<str>,
    /// Each possible object type; an answer with another is refused.
    pub objects: Vec<Object>,
}

impl Field {
    /// The key in the document that is forwarded, in the instance's answer, and in the paths of its errors.
    #[must_use]
    pub fn wire_key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.key)
    }
}

impl Object {
    /// Its fields and all below them, hidden ones too.
    #[must_use]
    pub fn count_fields(&self) -> usize {
        self.fields.iter().map(|field| 1 + field.shape.count_fields()).sum()
    }
}

impl Shape {
    /// The shape without its "can't be null".
    pub(super) fn bare_mut(&mut self) -> &mut Self {
        match self {
            Self::NonNull(inner) => inner.bare_mut(),
            other => other,
        }
    }

    fn count_fields(&self) -> usize {
        match self {
            Self::NonNull(inner) | Self::List(inner) => inner.count_fields(),
            Self::Leaf(_) => 0,
            Self::Object(object) => object.count_fields(),
            Self::Abstract(several) => several.objects.iter().map(Object::count_fields).sum(),
        }
    }
}
