//! Persistence: connections, tokens and their grants, bots, policies, allowlists of job tokens, webhooks, GraphQL schemas,
//! the change log and the audit log.
//!
//! Repositories are traits, such as [`tokens::TokenRepository`] and [`audit::AuditRepository`]; a [`Store`] hands them out
//! for one database.
//! What a method has returned is on disk, and every change of what tokens may do appends to the change log in the same transaction.

pub mod allowlist;
pub mod audit;
pub mod bots;
pub mod changes;
pub mod connections;
mod error;
pub mod graphql_schemas;
mod ids;
mod page;
pub mod policies;
mod sqlite;
mod store;
pub mod time;
pub mod tokens;
pub mod webhooks;

pub use error::StoreError;
pub use ids::{BotId, ConnectionId, DeliveryId, Sequence, TenantId, TokenId, WebhookId};
pub use page::{COUNTED, Page, Paged};
pub use store::{Backend, Store};
