//! Writes down what was changed, by whom.

use narrowgate_store::StoreError;
use narrowgate_store::audit::AuditEvent;
use narrowgate_store::tokens::{Token, TokenPrivileges};
use serde_json::{Value, json};

use super::actor::Actor;
use crate::state::ApiState;

/// Appends one event about a token.
pub(super) async fn record(
    state: &ApiState,
    actor: Actor<'_>,
    action: &str,
    token: &Token,
    details: Value,
) -> Result<(), StoreError> {
    let caller = actor.caller();
    let event = AuditEvent {
        tenant: token.tenant,
        at: state.store.now(),
        action: action.to_owned(),
        user_id: caller.map(|caller| caller.connection.user_id),
        connection: Some(token.connection),
        token: Some(token.id),
        address: caller.map(|caller| caller.address),
        request_id: caller.map(|caller| caller.request_id.clone()),
        details,
    };
    state.store.audit().append(&[event]).await
}

/// As [`record`], for a change that is done already and must not be reported as failed.
pub(super) async fn record_or_log(
    state: &ApiState,
    actor: Actor<'_>,
    action: &str,
    token: &Token,
    details: Value,
) {
    if let Err(error) = record(state, actor, action, token, details).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(token.id = token.id.0, action, error, "The audit log could not be written");
    }
}

/// What a token may do and how long, and which token made it.
pub(super) fn describe(actor: Actor<'_>, token: &Token) -> Value {
    let by_token = actor.caller().and_then(|caller| caller.token.as_ref()).map(|token| token.id);
    json!({
        "name": token.name,
        "owner_id": token.user_id,
        "expires_at": token.expires_at,
        "privileges": privileges(token),
        "previous": token.previous,
        "by_token": by_token,
        "operator": actor.caller().is_none(),
    })
}

fn privileges(token: &Token) -> Value {
    match &token.privileges {
        TokenPrivileges::Legacy(scopes) => json!({ "scopes": scopes }),
        TokenPrivileges::FineGrained(grants) => {
            let grants = grants.iter().map(crate::wire::GrantBody::of);
            json!({ "granular_scopes": grants.collect::<Vec<_>>() })
        }
    }
}
