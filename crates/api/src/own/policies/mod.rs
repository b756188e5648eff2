//! Policies by scope, and what they would refuse.

pub(super) mod dry_run;
pub(super) mod group;
pub(super) mod list;
mod view;
pub(super) mod wide;
mod write;
