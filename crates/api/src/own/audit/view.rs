//! An event as this API, exports and webhooks show it.

use narrowgate_store::audit::RecordedEvent;
use narrowgate_store::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// An event of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub(crate) struct EventView {
    /// Its place in the log.
    id: i64,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What happened: `token.created`, `request.denied`, …
    action: String,
    /// `token`, `user`, `operator` or `system`.
    actor: &'static str,
    /// The GitLab user who acted.
    user_id: Option<u64>,
    /// The token it was done with or to.
    token_id: Option<i64>,
    /// The first digits of the SHA-256 of the token's text.
    digest_prefix: Option<String>,
    /// Where the request came from.
    address: Option<String>,
    /// The request's id, as in the logs.
    request_id: Option<String>,
    /// Everything else.
    #[schema(value_type = Object, nullable)]
    details: Value,
    /// What chains it to the event before.
    hash: String,
}

impl EventView {
    pub(crate) fn of(recorded: &RecordedEvent) -> Self {
        let event = &recorded.event;
        Self {
            id: recorded.id,
            at: event.at,
            action: event.action.clone(),
            actor: event.actor.as_str(),
            user_id: event.user_id,
            token_id: event.token.map(|id| id.0),
            digest_prefix: event.digest_prefix.clone(),
            address: event.address.map(|address| address.to_string()),
            request_id: event.request_id.clone(),
            details: event.details.clone(),
            hash: recorded.hash.to_string(),
        }
    }
}
