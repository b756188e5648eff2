//! Points in time and days, and where "now" comes from.

mod clock;
mod date;
mod timestamp;

pub use clock::{Clock, ManualClock, SystemClock};
pub use date::Date;
pub use timestamp::Timestamp;

/// Why a text is no date or time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct ParseTimeError {
    pub(crate) text: String,
    pub(crate) expected: &'static str,
}
