//! Which operation a method and a raw path name.

mod matched;
mod method;
mod params;

pub use matched::{Ambiguity, Match};
pub use method::{Method, UnknownMethod};
pub use params::Params;
