//! What was decided before anything was forwarded.

use crate::{Named, Refusal};

/// What the caller decided about the root fields, one entry for each field of the plan's root, in its order.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// Why a root field isn't forwarded; `None` where it is.
    pub refused: Vec<Option<Refusal>>,
    /// Where the field's arguments lead to: what is below inherits it.
    pub places: Vec<Option<Named>>,
}
