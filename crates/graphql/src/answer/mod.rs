//! What an instance answered, and what of it may be shown.
//!
//! An answer is read beside its plan in one pass: whatever the plan doesn't expect is a [`Mismatch`], and nothing of the
//! answer is shown. Numbers and strings stay the bytes that they were. Then the caller looks the places up that the
//! probes named, and [`Answer::filter`] asks it about each kind of object once per place.

mod filter;
mod judge;
mod mismatch;
mod named;
mod needs;
mod places;
mod read;
mod report;
mod tree;
mod upstream;
mod verdicts;
mod walk;

use crate::plan::{Plan, Variables};
use crate::{Decided, Named};

pub use filter::{FilterOptions, Filtered};
pub use judge::{Judge, Standing, Way};
pub use mismatch::{Mismatch, MismatchKind};

use needs::Needs;
use places::Places;
use tree::{Data, Spot};
use upstream::UpstreamError;

/// What an answer is read beside.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'p> {
    /// What was asked.
    pub plan: &'p Plan,
    /// What of it was decided before.
    pub decided: &'p Decided,
    /// The values of its variables.
    pub variables: &'p Variables,
    /// The path of the instance's URL, without a slash at its end: empty or `/gitlab`. Paths of pages begin with it.
    pub relative_root: &'p str,
}

/// An answer that is what was asked for.
#[derive(Debug)]
pub struct Answer<'p, 'r> {
    asked: Asked<'p>,
    data: Data<'p, 'r>,
    errors: Vec<UpstreamError<'r>>,
    places: Places<'r>,
    needs: Needs,
    /// Where each field of the root is.
    root_spots: Vec<Spot>,
    /// How many bytes it had.
    size: usize,
}

impl Answer<'_, '_> {
    /// The places that the answer names, each once, and those that were decided before.
    #[must_use]
    pub fn places(&self) -> &[Named] {
        self.places.named()
    }

    /// Whether the instance refused the document as a whole: it has errors and no data.
    ///
    /// A document that was valid here and isn't there says that the schema has changed.
    #[must_use]
    pub const fn is_request_error(&self) -> bool {
        matches!(self.data, Data::Absent)
    }
}
