//! What every endpoint shares: who asks, with which parameters, and how answers and refusals look.

mod call;
mod clock;
mod credential;
mod error;
mod job;
mod observe;
mod page;
mod params;
mod sudo;
mod viewer;

pub(crate) use call::{Arrival, Call, Need};
pub(crate) use clock::{date, iso};
pub(crate) use credential::redact;
pub(crate) use error::{ApiError, Reply, accepted, created, deleted, json};
pub(crate) use observe::observe;
pub(crate) use params::Params;
pub(crate) use viewer::{Authentication, Viewer, authenticate_basic};
