//! Makes, shows, rotates and revokes personal tokens.
//!
//! Plain functions without HTTP. An [`Actor`] is an authenticated caller, who is held to the rules, or the operator at
//! the command line, who owns the machine and is held to the owner's memberships and the lifetime only.

mod actor;
mod audit;
mod create;
mod error;
mod escalation;
mod grants;
mod lifetime;
mod list;
mod names;
mod reuse;
mod revoke;
mod rotate;
mod show;

pub use actor::Actor;
pub use create::{Created, NewPersonalToken, Requested, create};
pub use error::AuthorityError;
pub use grants::RequestedGrant;
pub use list::{TokenQuery, list};
pub use reuse::reused;
pub use revoke::revoke;
pub use rotate::rotate;
pub use show::show;

pub(crate) use escalation::plain_grants;
