//! Writes down what was changed, by whom.

use narrowgate_secret::TokenDigest;
use narrowgate_store::StoreError;
use narrowgate_store::audit::{ActorKind, AuditEvent};
use narrowgate_store::tokens::{Token, TokenPrivileges};
use serde_json::{Value, json};

use super::actor::Actor;
use crate::caller::Caller;
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
        actor: actor_kind(actor),
        user_id: caller.map(Caller::user_id),
        connection: Some(token.connection),
        token: Some(token.id),
        digest_prefix: Some(digest_prefix(&token.digest)),
        address: caller.map(|caller| caller.address),
        request_id: caller.map(|caller| caller.request_id.clone()),
        details,
        ..AuditEvent::new(token.tenant, state.store.now(), action)
    };
    state.store.audit().append(&[event]).await
}

fn actor_kind(actor: Actor<'_>) -> ActorKind {
    match actor.caller() {
        None => ActorKind::Operator,
        Some(caller) if caller.token.is_some() => ActorKind::Token,
        Some(_) => ActorKind::User,
    }
}

/// Enough to find a leaked text again, and too little to be of use for anything else.
fn digest_prefix(digest: &TokenDigest) -> String {
    digest.as_bytes().iter().take(4).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
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
        "kind": kind(token),
        "owner_id": token.user_id,
        "expires_at": token.expires_at,
        "privileges": privileges(token),
        "previous": token.previous,
        "by_token": by_token,
        "operator": actor.caller().is_none(),
    })
}

fn kind(token: &Token) -> &'static str {
    if token.impersonation { "impersonation" } else { token.kind.as_str() }
}

fn privileges(token: &Token) -> Value {
    match &token.privileges {
        TokenPrivileges::Legacy(scopes) => json!({ "scopes": scopes }),
        TokenPrivileges::Job => json!({}),
        TokenPrivileges::FineGrained(grants) => {
            let grants = grants.iter().map(crate::wire::GrantBody::of);
            json!({ "granular_scopes": grants.collect::<Vec<_>>() })
        }
    }
}
