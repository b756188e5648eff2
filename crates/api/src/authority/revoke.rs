//! Ends a token.

use narrowgate_store::TokenId;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{Revocation, Token};
use serde_json::json;

use super::actor::Actor;
use super::error::AuthorityError;
use super::resource::Place;
use super::{audit, show};
use crate::caller::Caller;
use crate::state::ApiState;

/// Revokes a token and returns it. One that is revoked already stays so, and that is no error.
///
/// # Errors
/// As [`show`](fn@super::show), and failures of the store.
pub async fn revoke(state: &ApiState, actor: Actor<'_>, id: TokenId) -> Result<Token, AuthorityError> {
    let token = show::show(state, actor, id).await?;
    end(state, actor, &token).await?;
    Ok(token)
}

/// Revokes an impersonation token.
///
/// # Errors
/// As [`show_impersonation`](show::show_impersonation).
pub async fn revoke_impersonation(
    state: &ApiState,
    caller: &Caller,
    user: &Connection,
    id: TokenId,
) -> Result<(), AuthorityError> {
    let token = show::show_impersonation(state, caller, user, id).await?;
    end(state, Actor::Caller(caller), &token).await
}

/// Revokes a project's or group's token.
///
/// # Errors
/// `Missing` where there is no such token; `Unfit` where the caller does not manage the place.
pub async fn revoke_for_resource(
    state: &ApiState,
    caller: &Caller,
    place: &Place,
    id: TokenId,
) -> Result<(), AuthorityError> {
    let token = show::find_for_resource(state, caller, place, id).await?;
    if !caller.manages(place) && !caller.came_with(&token) {
        let (user, bot) = (&caller.connection.username, &token.name);
        return Err(AuthorityError::unfit(format!("{user} cannot delete {bot}")));
    }
    end(state, Actor::Caller(caller), &token).await
}

/// Revokes a token that was found before.
pub(super) async fn end(state: &ApiState, actor: Actor<'_>, token: &Token) -> Result<(), AuthorityError> {
    let why = Revocation::asked(state.store.now());
    if state.store.tokens().revoke(token.id, why).await? {
        audit::record_or_log(state, actor, "token.revoked", token, json!({ "name": token.name })).await;
    }
    Ok(())
}
