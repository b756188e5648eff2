//! What requests and documents take, whoever asks.

pub(super) mod document;
pub(super) mod request;
mod view;

pub use view::{DocumentNeedsView, FurtherNeedView, LeastGrantView, NeededView, RequestNeedsView, WayView};
