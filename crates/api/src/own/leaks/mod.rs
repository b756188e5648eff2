//! Tokens that were found where they should not be.

mod examine;
mod limit;
pub(super) mod report;

pub(super) use limit::Limiter;
