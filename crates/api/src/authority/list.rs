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
    filter.user_id = query.user_id;
    if let Some(caller) = actor.caller() {
        restrict(caller, &mut filter)?;
    }
    Ok(state.store.tokens().list(&filter, page).await?)
}

/// Narrows the filter to what the caller may see: an administrator's instance, or one's own tokens.
fn restrict(caller: &Caller, filter: &mut TokenFilter) -> Result<(), AuthorityError> {
    let mine = &caller.connection;
    if mine.administrator {
        filter.instance_url = Some(mine.instance_url.clone());
    } else if filter.user_id.is_some_and(|user| user != mine.user_id) {
        return Err(AuthorityError::NotYours);
    } else {
        filter.connection = Some(mine.id);
    }
    Ok(())
}
