//! The part of GitLab's GraphQL that is about tokens, answered by Narrowgate itself (WIRE 5).
//!
//! [`owner`] says whose a document is, before anything is forwarded; [`execute`] answers those that are Narrowgate's.

mod execute;
mod handle;
mod inventory;
mod mutation;
mod nesting;
mod owner;
mod permissions;
mod permit;
mod query;
mod scalar;

pub use execute::{Call, execute};
pub use owner::{Owner, OwnerError, owner};

pub(crate) use handle::handle;
