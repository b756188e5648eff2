//! Finds leaked tokens, Narrowgate's and GitLab's, in files, archives and Git history.
//!
//! [`Patterns`] recognises tokens in bytes, by format and, where the format has one, by checksum. A [`Scanner`] takes them
//! through directories in parallel, into archives and over every object that a repository's refs reach, with bounded
//! memory. A [`Finding`] says what was found and where; the text itself it shows only to who asks for it.

mod archive;
mod collect;
mod feed;
mod finding;
mod history;
mod kind;
mod limits;
mod origin;
mod patterns;
mod routable;
mod rules;
mod scanner;
mod shape;
mod walk;

pub use finding::{Finding, Report, SkipReason, Skipped};
pub use history::HistoryError;
pub use kind::{Checksum, Kind};
pub use limits::Limits;
pub use origin::{InHistory, Origin, Position};
pub use patterns::{Match, PatternSettings, Patterns, PatternsError};
pub use scanner::{Scanner, Settings};
