//! Policies, one file per scope, and what they would refuse.

pub(super) mod dry_run;
pub(super) mod group;
pub(super) mod instance;
pub(super) mod list;
pub(super) mod tenant;
mod view;
mod write;
