//! Lists tokens.

use narrowgate_store::tokens::{State, Token, TokenFilter};
use narrowgate_store::{Page, Paged};

use super::actor::Actor;
use super::error::AuthorityError;
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

/// The tokens that the actor may know of and that pass the query.
///
/// # Errors
/// `NotYours` when somebody who is no administrator asks for another user's.
pub async fn list(
    state: &ApiState,
    actor: Actor<'_>,
    query: &TokenQuery,
    page: Page,
) -> Result<Paged<Token>, AuthorityError> {
    let mut filter = query.filter.clone();
    let today = state.store.now().date();
    filter.tenant = actor.tenant();
    filter.state =
        query.active.map(|active| if active { State::Active(today) } else { State::Inactive(today) });
    if let Some(caller) = actor.caller() {
        match restrict(state, caller, query.user_id, &mut filter).await? {
            true => {}
            false => return Ok(Paged { items: Vec::new(), total: 0 }),
        }
    } else {
        filter.user_id = query.user_id;
    }
    Ok(state.store.tokens().list(&filter, page).await?)
}

/// Narrows the filter to what the caller may see; `false` when that is nothing.
async fn restrict(
    state: &ApiState,
    caller: &Caller,
    user_id: Option<u64>,
    filter: &mut TokenFilter,
) -> Result<bool, AuthorityError> {
    let mine = &caller.connection;
    match user_id {
        _ if !mine.administrator && user_id.is_some_and(|user| user != mine.user_id) => {
            Err(AuthorityError::NotYours)
        }
        None if mine.administrator => Ok(true),
        None => {
            filter.connection = Some(mine.id);
            Ok(true)
        }
        Some(user) => {
            let owner = state.store.connections().find_by_user(mine.tenant, &mine.instance_url, user).await?;
            filter.connection = owner.as_ref().map(|owner| owner.id);
            Ok(owner.is_some())
        }
    }
}
