//! What requests and documents take, whoever asks.

mod view;

pub use view::{DocumentNeedsView, FurtherNeedView, LeastGrantView, NeededView, RequestNeedsView, WayView};
