//! Writes down what was done through this API.

use narrowgate_secret::TokenDigest;
use narrowgate_store::audit::{ActorKind, AuditEvent};
use narrowgate_store::tokens::Token;
use serde_json::Value;

use super::problem::Problem;
use super::state::OwnState;
use crate::caller::Caller;

/// An event by a caller.
pub(super) fn event(state: &OwnState, caller: &Caller, action: &str, details: Value) -> AuditEvent {
    let actor = if caller.token.is_some() { ActorKind::Token } else { ActorKind::User };
    AuditEvent {
        actor,
        user_id: Some(caller.user_id()),
        connection: Some(caller.connection.id),
        address: Some(caller.address),
        request_id: Some(caller.request_id.clone()),
        details,
        ..AuditEvent::new(caller.connection.tenant, state.now(), action)
    }
}

/// An event about a token, by a caller.
pub(super) fn about(
    state: &OwnState,
    caller: &Caller,
    action: &str,
    token: &Token,
    details: Value,
) -> AuditEvent {
    AuditEvent {
        connection: Some(token.connection),
        token: Some(token.id),
        digest_prefix: Some(digest_prefix(&token.digest)),
        ..event(state, caller, action, details)
    }
}

/// Appends events before they are answered for.
pub(super) async fn append(state: &OwnState, events: &[AuditEvent]) -> Result<(), Problem> {
    Ok(state.store().audit().append(events).await?)
}

/// Enough to find a leaked text again, and too little to be of use for anything else.
pub(crate) fn digest_prefix(digest: &TokenDigest) -> String {
    digest.as_bytes().iter().take(4).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
