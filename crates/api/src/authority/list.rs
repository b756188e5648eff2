//! Lists tokens.

use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{State, Token, TokenFilter, TokenKind};
use narrowgate_store::{Page, Paged};

use super::actor::Actor;
use super::error::AuthorityError;
use super::resource::Place;
use crate::caller::Caller;
use crate::state::ApiState;

/// Which tokens to list: the filter's tenant, connection and user are set by whom the actor may see.
#[derive(Clone, Debug)]
pub struct TokenQuery {
    /// Of one user only.
    pub user_id: Option<u64>,
    /// Usable tokens, or the others.
    pub active: Option<bool>,
    /// Everything else.
    pub filter: TokenFilter,
}

/// The personal tokens that the actor may know of and that pass the query; no impersonation tokens.
///
/// # Errors
/// `NotYours` when somebody who is no administrator asks for another user's.
pub async fn list(
    state: &ApiState,
    actor: Actor<'_>,
    query: &TokenQuery,
    page: Page,
) -> Result<Paged<Token>, AuthorityError> {
    let filter = personal(state, actor, query)?;
    Ok(state.store.tokens().list(&filter, page).await?)
}

/// The filter for the personal tokens that the actor may know of.
pub(crate) fn personal(
    state: &ApiState,
    actor: Actor<'_>,
    query: &TokenQuery,
) -> Result<TokenFilter, AuthorityError> {
    let mut filter = TokenFilter {
        kind: Some(TokenKind::Personal),
        impersonation: Some(false),
        user_id: query.user_id,
        ..basis(state, actor, query)
    };
    if let Some(caller) = actor.caller() {
        restrict(caller, &mut filter)?;
    }
    Ok(filter)
}

/// The filter for an user's impersonation tokens.
///
/// # Errors
/// `AdministratorsOnly`.
pub(crate) fn impersonation(
    state: &ApiState,
    caller: &Caller,
    user: &Connection,
    query: &TokenQuery,
) -> Result<TokenFilter, AuthorityError> {
    if !caller.is_administrator() || !caller.shares_instance(user) {
        return Err(AuthorityError::AdministratorsOnly);
    }
    Ok(TokenFilter {
        kind: Some(TokenKind::Personal),
        impersonation: Some(true),
        connection: Some(user.id),
        ..basis(state, Actor::Caller(caller), query)
    })
}

/// The filter for the tokens of a project or group.
///
/// # Errors
/// `NotYours` where the caller does not manage the place.
pub(crate) fn for_resource(
    state: &ApiState,
    caller: &Caller,
    place: &Place,
    query: &TokenQuery,
) -> Result<TokenFilter, AuthorityError> {
    if !caller.manages(place) {
        return Err(AuthorityError::NotYours);
    }
    Ok(TokenFilter {
        kind: Some(place.kind().token_kind()),
        resource: Some(place.resource),
        instance_url: Some(caller.connection.instance_url.clone()),
        user_id: query.user_id,
        ..basis(state, Actor::Caller(caller), query)
    })
}

/// The query as a filter of the actor's tenant.
pub(super) fn basis(state: &ApiState, actor: Actor<'_>, query: &TokenQuery) -> TokenFilter {
    let now = state.store.now();
    let in_state = |active| if active { State::Active(now) } else { State::Inactive(now) };
    TokenFilter { tenant: actor.tenant(), state: query.active.map(in_state), ..query.filter.clone() }
}

/// Narrows the filter to what the caller may see: an administrator's instance, or one's own tokens.
fn restrict(caller: &Caller, filter: &mut TokenFilter) -> Result<(), AuthorityError> {
    let mine = &caller.connection;
    if caller.is_administrator() {
        filter.instance_url = Some(mine.instance_url.clone());
        return Ok(());
    }
    if filter.user_id.is_some_and(|user| user != caller.user_id()) {
        return Err(AuthorityError::NotYours);
    }
    filter.connection = Some(mine.id);
    filter.user_id = Some(caller.user_id());
    // A bot's own tokens, such as they are.
    filter.kind = caller.token.as_ref().map(|token| token.kind).or(filter.kind);
    Ok(())
}
