//! The audit log: written once, never changed.

use std::net::IpAddr;

use async_trait::async_trait;

use crate::error::StoreError;
use crate::ids::{ConnectionId, TenantId, TokenId};
use crate::page::{Page, Paged};
use crate::time::Timestamp;

/// Something worth keeping: a token created, a request denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Whose event it is.
    pub tenant: TenantId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened, in dotted words such as `token.revoked` or `request.denied`.
    pub action: String,
    /// The GitLab user who acted.
    pub user_id: Option<u64>,
    /// The connection it went through.
    pub connection: Option<ConnectionId>,
    /// The token it was done with or to.
    pub token: Option<TokenId>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// The request's id, to find it in the logs.
    pub request_id: Option<String>,
    /// Everything else, without secrets.
    pub details: serde_json::Value,
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its place: a greater one was recorded later.
    pub id: i64,
    /// The event.
    pub event: AuditEvent,
}

/// Which events to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFilter {
    /// Whose.
    pub tenant: TenantId,
    /// Of one token only.
    pub token: Option<TokenId>,
    /// Of one kind only.
    pub action: Option<String>,
    /// From then on.
    pub after: Option<Timestamp>,
    /// Until then, inclusive.
    pub before: Option<Timestamp>,
}

impl AuditFilter {
    /// Every event of a tenant.
    #[must_use]
    pub const fn all(tenant: TenantId) -> Self {
        Self { tenant, token: None, action: None, after: None, before: None }
    }
}

/// Stores audit events. There is no method that changes or deletes one.
#[async_trait]
pub trait AuditRepository: Send + Sync {
    /// Appends events in their order, all or none.
    async fn append(&self, events: &[AuditEvent]) -> Result<(), StoreError>;

    /// Lists events, newest first.
    async fn list(&self, filter: &AuditFilter, page: Page) -> Result<Paged<RecordedEvent>, StoreError>;
}
