//! Which operation a method and a raw path name.

mod matched;
mod method;
mod node;
mod params;
mod router;
mod segment_key;
mod statics;
pub(crate) mod template;
mod tree;
mod walk;

pub use matched::{Ambiguity, Match};
pub use method::{Method, UnknownMethod};
pub(crate) use node::Leaf;
pub use params::Params;
pub(crate) use router::{Found, Router, RouterBuilder};
