//! Service accounts of groups and projects, whose tokens the managers of these keep.

use std::sync::Arc;

use narrowgate_store::TokenId;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{Token, TokenFilter, TokenKind};
use serde_json::Value;

use super::actor::Actor;
use super::create::{NewPersonalToken, create_as};
use super::error::AuthorityError;
use super::issue::Created;
use super::lifetime::Expiry;
use super::list::{self, TokenQuery};
use super::resource::Place;
use super::revoke;
use super::rotate::{Old, replace};
use crate::caller::Caller;
use crate::state::ApiState;

/// More accounts than this are not looked through on instances that cannot be asked for one.
const MOST_PAGES: u32 = 10;
const PAGE_SIZE: usize = 100;

/// A service account that the caller manages, with its connection.
#[derive(Clone, Debug)]
pub struct ServiceAccount {
    /// How it acts.
    pub connection: Arc<Connection>,
    /// Where it belongs.
    pub place: Place,
}

/// The service account of a group or project.
///
/// # Errors
/// `AdministratorsOnly` where the caller does not manage the place, `Missing` where it has no such account,
/// `NotConnected` where no connection leads to it.
pub async fn service_account(
    state: &ApiState,
    caller: &Caller,
    place: Place,
    user_id: u64,
) -> Result<ServiceAccount, AuthorityError> {
    if !caller.manages(&place) || !caller.is_person() {
        return Err(AuthorityError::AdministratorsOnly);
    }
    if !belongs(state, caller, &place, user_id).await? {
        return Err(AuthorityError::Missing { what: "User" });
    }
    let connection = connection_of(state, caller, user_id).await?;
    Ok(ServiceAccount { connection, place })
}

/// The connection of a user of the caller's instance.
///
/// # Errors
/// `NotConnected` where there is none.
pub async fn connection_of(
    state: &ApiState,
    caller: &Caller,
    user_id: u64,
) -> Result<Arc<Connection>, AuthorityError> {
    let mine = &caller.connection;
    let found = state.store.connections().find_by_user(mine.tenant, &mine.instance_url, user_id).await?;
    found.map(Arc::new).ok_or(AuthorityError::NotConnected { user_id })
}

/// Asks the instance, in the caller's name, whether the account is that place's.
async fn belongs(
    state: &ApiState,
    caller: &Caller,
    place: &Place,
    user_id: u64,
) -> Result<bool, AuthorityError> {
    let accounts = format!("/{}s/{}/service_accounts", place.kind().as_str(), place.resource.id());
    let has_id = |value: &Value| value.get("id").and_then(Value::as_u64) == Some(user_id);
    let one = state.containers.get_json(&caller.connection, &format!("{accounts}/{user_id}")).await?;
    if one.as_ref().is_some_and(has_id) {
        return Ok(true);
    }
    // Older instances list them only.
    for page in 1..=MOST_PAGES {
        let path = format!("{accounts}?page={page}&per_page={PAGE_SIZE}");
        let Some(Value::Array(listed)) = state.containers.get_json(&caller.connection, &path).await? else {
            return Ok(false);
        };
        if listed.iter().any(has_id) {
            return Ok(true);
        }
        if listed.len() < PAGE_SIZE {
            return Ok(false);
        }
    }
    Ok(false)
}

/// Makes a token of a service account; `new.owner` is its connection.
///
/// # Errors
/// As [`create`](fn@super::create).
pub async fn create_for_service_account(
    state: &ApiState,
    caller: &Caller,
    account: &ServiceAccount,
    new: &NewPersonalToken,
) -> Result<Created, AuthorityError> {
    let new = NewPersonalToken { owner: Arc::clone(&account.connection), ..new.clone() };
    create_as(state, Actor::Caller(caller), &new, false).await
}

/// The filter for a service account's tokens.
pub(crate) fn tokens_of(
    state: &ApiState,
    caller: &Caller,
    account: &ServiceAccount,
    query: &TokenQuery,
) -> TokenFilter {
    TokenFilter {
        kind: Some(TokenKind::Personal),
        impersonation: Some(false),
        connection: Some(account.connection.id),
        ..list::basis(state, Actor::Caller(caller), query)
    }
}

/// Rotates a service account's token.
///
/// # Errors
/// As [`rotate`](fn@super::rotate).
pub async fn rotate_for_service_account(
    state: &ApiState,
    caller: &Caller,
    account: &ServiceAccount,
    id: TokenId,
    expires_at: Expiry,
) -> Result<Created, AuthorityError> {
    let token = find(state, caller, account, id).await?;
    let owner = Connection::clone(&account.connection);
    let old = Old { token, owner, root_group: None };
    replace(state, Actor::Caller(caller), old, expires_at).await
}

/// Revokes a service account's token.
///
/// # Errors
/// As [`revoke`](fn@super::revoke).
pub async fn revoke_for_service_account(
    state: &ApiState,
    caller: &Caller,
    account: &ServiceAccount,
    id: TokenId,
) -> Result<(), AuthorityError> {
    let token = find(state, caller, account, id).await?;
    revoke::end(state, Actor::Caller(caller), &token).await
}

/// Only administrators learn that there is no such token.
async fn find(
    state: &ApiState,
    caller: &Caller,
    account: &ServiceAccount,
    id: TokenId,
) -> Result<Token, AuthorityError> {
    let found = state.store.tokens().lookup(id).await?;
    let own = |token: &Token| {
        token.connection == account.connection.id && token.kind == TokenKind::Personal && !token.impersonation
    };
    match found.filter(own) {
        Some(token) => Ok(token),
        None if caller.is_administrator() => Err(AuthorityError::NotFound { what: "token" }),
        None => Err(AuthorityError::NotYours),
    }
}
