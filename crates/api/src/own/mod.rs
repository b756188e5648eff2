//! Narrowgate's own API, below `/api/narrowgate/v1`.
//!
//! The OpenAPI document is made of the handlers' own descriptions; [`serves`] and the document therefore never disagree
//! with the routes. As elsewhere, the gate has authenticated the [`Caller`](crate::Caller) and checked the permission of the
//! path. Three paths answer anybody ([`is_open`]): the document, the page to try it, and the intake of leaked tokens, for
//! which the possession of a token is proof enough.

mod access;
mod allowlist;
mod audit;
mod calendar;
mod docs;
mod document;
pub mod explain;
mod input;
mod job_tokens;
mod leaks;
pub mod needs;
mod places;
mod policies;
mod problem;
mod record;
mod router;
mod state;
mod tokens;
mod webhooks;

pub(crate) use audit::view::EventView;
pub use document::document;
pub use router::{is_open, router, serves};
pub use state::{OwnConfig, OwnState, Peer};
