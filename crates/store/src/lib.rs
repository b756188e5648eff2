//! Persistence: connections, tokens and their grants, the change log and the audit log.
//!
//! Repositories are traits ([`tokens::TokenRepository`], [`connections::ConnectionRepository`],
//! [`changes::ChangeRepository`], [`audit::AuditRepository`]); a [`Store`] hands them out for one database.
//! What a method has returned is on disk, and every change appends to the change log in the same transaction.

pub mod audit;
pub mod changes;
pub mod connections;
mod error;
mod ids;
mod page;
mod sqlite;
mod store;
pub mod time;
pub mod tokens;

pub use error::StoreError;
pub use ids::{ConnectionId, Sequence, TenantId, TokenId};
pub use page::{Page, Paged};
pub use store::{Backend, Store};
