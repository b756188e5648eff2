//! What a caller is asked.

use narrowgate_catalog::{BoundaryType, PermissionId};

use crate::Refusal;

/// Decides what may be shown.
pub trait Judge {
    /// Whether any of these ways admits.
    ///
    /// # Errors
    ///
    /// Why none does. Without any standing in any way, what is asked about wasn't found.
    fn judge(&mut self, ways: &[Way<'_>]) -> Result<(), Refusal>;

    /// Whether any of these ways admits, or may be had wherever the user sees anything: what is asked about is found by its
    /// text, and is anywhere.
    ///
    /// # Errors
    ///
    /// Why none does: always without a standing, unless the caller says otherwise.
    fn judge_all(&mut self, ways: &[Way<'_>]) -> Result<(), Refusal> {
        self.judge(ways)
    }

    /// The kind of one of [`Answer::places`](super::Answer::places), where that is known: what its lists tell of the page
    /// alone is free where no rule for what is listed knows the kind.
    fn kind(&self, index: usize) -> Option<BoundaryType> {
        let _ = index;
        None
    }

    /// Whether an object is shown whose type is in no file of the catalogue.
    ///
    /// # Errors
    ///
    /// Why it isn't: always, unless the caller says otherwise.
    fn unclassified(&mut self, standings: &[Standing]) -> Result<(), Refusal> {
        let _ = standings;
        Err(Refusal::not_covered())
    }
}

/// Permissions, all of them, on any one of the standings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way<'a> {
    /// All of these are needed.
    pub permissions: &'a [PermissionId],
    /// Any one of these, in check order.
    pub standings: Vec<Standing>,
}

/// What a permission has to be granted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// A place, if it is of this kind. A record that is the user's own or the instance's is of those kinds.
    Place {
        /// Which of [`Answer::places`](super::Answer::places).
        index: usize,
        /// The kind that it must be.
        boundary: BoundaryType,
    },
    /// The token's owner.
    User,
    /// The instance.
    Instance,
}
