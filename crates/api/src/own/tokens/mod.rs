//! Tokens of every kind, one file per verb.

pub(super) mod bulk_revoke;
pub(super) mod edit;
pub(super) mod list;
mod narrower;
pub(super) mod reach;
pub(super) mod show;
mod view;

pub(super) use list::StateName;
pub(super) use view::{TokenView, is_active};
