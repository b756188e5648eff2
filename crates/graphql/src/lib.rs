//! GraphQL held to grants, object by object.
//!
//! GitLab authorises each object as it resolves it. A gate sees a document going in and JSON coming out, so it
//! 1. plans the document against the instance's schema: which fields and objects need which permission, and where;
//! 2. has the caller decide what can be decided from arguments, and writes the document anew, without what was refused
//!    and with probes that reveal where each object belongs;
//! 3. reads the answer beside the plan, has the caller decide each object's place, and writes what may be shown.
//!
//! Everything here is pure: the caller forwards, looks places up and decides.

pub mod answer;
mod decided;
pub mod forward;
pub mod guard;
pub mod needs;
pub mod operations;
pub mod place;
pub mod plan;
pub mod refusal;
pub mod schema;

pub use decided::Decided;
pub use place::{GlobalId, Named, RecordId, Reference};
pub use refusal::Refusal;
pub use schema::{Schema, SchemaError, SchemaLimits};
