//! Finds a token that the actor may know of.

use narrowgate_store::TokenId;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{Token, TokenKind};

use super::actor::Actor;
use super::error::AuthorityError;
use super::resource::Place;
use crate::caller::Caller;
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
    if caller.came_with(token) || (is_own(caller, token) && !token.impersonation) {
        return Ok(true);
    }
    if !caller.is_administrator() {
        return Ok(false);
    }
    Ok(owner(state, token).await?.is_some_and(|owner| caller.shares_instance(&owner)))
}

/// Whether a token acts as the caller does: as the same user or bot, through the same connection.
fn is_own(caller: &Caller, token: &Token) -> bool {
    let kind = caller.token.as_ref().map_or(TokenKind::Personal, |own| own.kind);
    token.connection == caller.connection.id && token.user_id == caller.user_id() && token.kind == kind
}

/// The connection that a token acts through.
pub(super) async fn owner(state: &ApiState, token: &Token) -> Result<Option<Connection>, AuthorityError> {
    Ok(state.store.connections().lookup(token.connection).await?)
}

/// The impersonation token with that id of a user, for administrators.
///
/// # Errors
/// `AdministratorsOnly`; `Missing` where the user has no such token.
pub async fn show_impersonation(
    state: &ApiState,
    caller: &Caller,
    user: &Connection,
    id: TokenId,
) -> Result<Token, AuthorityError> {
    if !caller.is_administrator() || !caller.shares_instance(user) {
        return Err(AuthorityError::AdministratorsOnly);
    }
    let found = state.store.tokens().lookup(id).await?;
    found
        .filter(|token| token.impersonation && token.connection == user.id)
        .ok_or(AuthorityError::Missing { what: "Impersonation Token" })
}

/// The token with that id of a project or group.
///
/// # Errors
/// `NotYours` where the caller does not manage the place; `Missing` where there is no such token.
pub async fn show_for_resource(
    state: &ApiState,
    caller: &Caller,
    place: &Place,
    id: TokenId,
) -> Result<Token, AuthorityError> {
    if !caller.manages(place) {
        return Err(AuthorityError::NotYours);
    }
    find_for_resource(state, caller, place, id).await
}

/// The token of a project or group, whatever the caller may do there.
pub(super) async fn find_for_resource(
    state: &ApiState,
    caller: &Caller,
    place: &Place,
    id: TokenId,
) -> Result<Token, AuthorityError> {
    let missing = place.kind().missing_token();
    let found = state.store.tokens().lookup(id).await?;
    let Some(token) = found.filter(|token| token.resource == Some(place.resource)) else {
        return Err(missing);
    };
    // Another instance has other projects of the same numbers.
    let is_here = token.kind == place.kind().token_kind()
        && owner(state, &token).await?.is_some_and(|owner| caller.shares_instance(&owner));
    if is_here { Ok(token) } else { Err(missing) }
}
