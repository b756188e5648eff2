//! Replaces a token by one that may do the same.

use narrowgate_store::TokenId;
use narrowgate_store::connections::Connection;
use narrowgate_store::time::Date;
use narrowgate_store::tokens::{Rotation, Successor, Token};

use super::actor::Actor;
use super::create::Created;
use super::error::AuthorityError;
use super::{audit, escalation, lifetime, reused, show};
use crate::caller::Caller;
use crate::state::ApiState;

/// Revokes a token and makes its successor, with the same privileges and a lifetime of its own.
///
/// Whoever rotates another token learns the successor's text, so that token may not exceed the caller's: GitLab has no
/// such rule, and there a token with the permission to rotate is worth as much as its owner's best one.
///
/// # Errors
/// As [`show`]; `Dead` for a revoked or expired token. A revoked one takes its family with it.
pub async fn rotate(
    state: &ApiState,
    actor: Actor<'_>,
    id: TokenId,
    expires_at: Option<Date>,
) -> Result<Created, AuthorityError> {
    let old = show(state, actor, id).await?;
    let now = state.store.now();
    if old.revoked_at.is_some() {
        return reuse(state, actor, &old).await;
    }
    if old.expires_at.is_some_and(|date| date.midnight() <= now) {
        return Err(AuthorityError::Dead { state: "expired" });
    }
    if let Some(caller) = actor.caller().filter(|caller| !caller.came_with(&old)) {
        let owner = owner(state, caller, &old).await?;
        escalation::check(state, caller, &owner, &old.privileges).await?;
    }
    let expires_at = lifetime::expiry(state, expires_at, state.config.rotated_lifetime_days)?;
    let plain = state.mint();
    let successor = Successor { digest: plain.digest(), expires_at: Some(expires_at) };
    match state.store.tokens().rotate(id, &successor, now).await? {
        Rotation::AlreadyRevoked => reuse(state, actor, &old).await,
        Rotation::Rotated(token) => {
            let details = audit::describe(actor, &token);
            audit::record_or_log(state, actor, "token.rotated", &token, details).await;
            Ok(Created { token: *token, plain })
        }
    }
}

async fn reuse(state: &ApiState, actor: Actor<'_>, token: &Token) -> Result<Created, AuthorityError> {
    reused(state, actor, token).await?;
    Err(AuthorityError::Dead { state: "revoked" })
}

async fn owner(state: &ApiState, caller: &Caller, token: &Token) -> Result<Connection, AuthorityError> {
    if token.connection == caller.connection.id {
        return Ok(Connection::clone(&caller.connection));
    }
    let owner = state.store.connections().lookup(token.connection).await?;
    owner.ok_or(AuthorityError::NotFound { what: "token" })
}
