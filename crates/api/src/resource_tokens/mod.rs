//! Tokens of projects and groups, one file per verb for both.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod revoke;
pub(crate) mod rotate;
pub(crate) mod rotate_self;
pub(crate) mod show;
