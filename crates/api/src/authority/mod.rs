//! Makes, shows, rotates and revokes tokens: personal, impersonation, project, group and service accounts' ones.
//!
//! Plain functions without HTTP. An [`Actor`] is an authenticated caller, who is held to the rules, or the operator at
//! the command line, who owns the machine and is held to the owner's memberships, the policy and the lifetime only.

mod actor;
mod audit;
mod confine;
mod create;
mod create_for_resource;
mod error;
mod escalation;
mod grants;
mod issue;
mod lifetime;
mod list;
mod names;
mod policy;
mod resource;
mod reuse;
mod revoke;
mod rotate;
mod scopes;
mod service_account;
mod show;
mod texts;

pub use actor::Actor;
pub use create::{NewPersonalToken, Requested, create, create_impersonation};
pub use create_for_resource::{NewResourceToken, create_for_resource};
pub use error::AuthorityError;
pub use grants::RequestedGrant;
pub use issue::Created;
pub use lifetime::Expiry;
pub use list::{TokenQuery, list};
pub use resource::{Place, ResourceKind, place};
pub use reuse::reused;
pub use revoke::{revoke, revoke_for_resource, revoke_impersonation};
pub use rotate::{rotate, rotate_for_resource};
pub use service_account::{
    ServiceAccount, connection_of, create_for_service_account, revoke_for_service_account,
    rotate_for_service_account, service_account,
};
pub use show::{show, show_for_resource, show_impersonation};

pub(crate) use escalation::plain_grants;
pub(crate) use service_account::tokens_of;

/// The rules for edits, which Narrowgate's own API takes.
pub(crate) mod rules {
    pub(crate) use super::create::check_sudo;
    pub(crate) use super::escalation::{Wanted, check, check_privileges, include};
    pub(crate) use super::grants::resolve;
}

/// The filters behind the lists.
pub(crate) mod filters {
    pub(crate) use super::list::{for_resource, impersonation, personal};
}
