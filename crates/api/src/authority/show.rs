//! Finds a token that the actor may know of.

use narrowgate_store::TokenId;
use narrowgate_store::tokens::Token;

use super::actor::Actor;
use super::error::AuthorityError;
use crate::state::ApiState;

/// The token with that id, if it is the actor's or the actor administers its instance.
///
/// # Errors
/// `NotYours` where the caller may not know whether it exists, `NotFound` for administrators and the operator.
pub async fn show(state: &ApiState, actor: Actor<'_>, id: TokenId) -> Result<Token, AuthorityError> {
    match state.store.tokens().lookup(id).await? {
        Some(token) if is_visible(state, actor, &token).await? => Ok(token),
        _ if actor.sees_all() => Err(AuthorityError::NotFound { what: "token" }),
        _ => Err(AuthorityError::NotYours),
    }
}

async fn is_visible(state: &ApiState, actor: Actor<'_>, token: &Token) -> Result<bool, AuthorityError> {
    if token.tenant != actor.tenant() {
        return Ok(false);
    }
    let Some(caller) = actor.caller() else { return Ok(true) };
    if token.connection == caller.connection.id || !caller.connection.administrator {
        return Ok(token.connection == caller.connection.id);
    }
    let owner = state.store.connections().lookup(token.connection).await?;
    Ok(owner.is_some_and(|owner| caller.may_act_for(&owner)))
}
