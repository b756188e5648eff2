//! What classifying a request yields.

use crate::{Operation, OperationId};

/// The answer of [`crate::Catalog::classify`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match<'c> {
    /// This operation.
    Operation(&'c Operation),
    /// The instance could read another operation, or another container, than we would: refused.
    Ambiguous(Ambiguity),
    /// No operation of the catalogue: refused.
    Uncovered,
}

/// Why a path could be read in two ways. GitLab cuts a format suffix (`.json`) off a path where its router can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ambiguity {
    /// Without its suffix the last segment is the word of this other operation.
    Sibling(OperationId),
    /// Without its suffix the last segment names another container for this operation.
    Container(OperationId),
}
