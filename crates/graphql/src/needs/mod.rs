//! What a document takes, part by part, and the least that a token needs for all of it.

mod collect;
mod given;
mod least;

use narrowgate_catalog::{BoundaryType, PermissionId};

use crate::plan::Position;

pub use collect::{of, of_answer};
pub use least::{LeastGrant, Reach, least};

/// One part of a document that isn't shown to, or done for, just anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// What the part is.
    pub part: Part,
    /// The keys of the answer that lead to where it first stands: `project.pipelines.nodes`.
    pub path: Box<str>,
    /// Where the document first asks for it.
    pub position: Position,
    /// Any of these admits. Without any nothing does: the catalogue says nothing of the part, or it is a secret.
    pub any: Box<[Way]>,
}

/// A part of a document, by its name in the schema.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Objects of a type: `CiJob`.
    Type(Box<str>),
    /// A field beyond the type of its value: `Project.runners`.
    Field(Box<str>),
    /// A field of the mutation root: `jobPlay`.
    Mutation(Box<str>),
}

/// Permissions, all of them, at one place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Way {
    /// All of these are needed.
    pub permissions: Box<[PermissionId]>,
    /// The kinds of place that it may be, in check order.
    pub boundaries: Box<[BoundaryType]>,
}

impl Part {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Type(name) | Self::Field(name) | Self::Mutation(name) => name,
        }
    }

    /// Its kind in one word: `type`, `field`, `mutation`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Type(_) => "type",
            Self::Field(_) => "field",
            Self::Mutation(_) => "mutation",
        }
    }
}

impl Needed {
    /// Whether anything admits it.
    #[must_use]
    pub const fn is_classified(&self) -> bool {
        !self.any.is_empty()
    }
}
