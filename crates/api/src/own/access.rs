//! Who may do what, beyond the permission that the gate has checked.

use http::StatusCode;
use narrowgate_catalog::Role;
use narrowgate_gitlab::GroupFacts;
use narrowgate_store::TokenId;
use narrowgate_store::tokens::Token;

use super::places;
use super::problem::Problem;
use super::state::OwnState;
use crate::authority::{self, Actor};
use crate::caller::Caller;

/// Refuses everybody but administrators of the instance.
pub(super) fn administrator(caller: &Caller) -> Result<(), Problem> {
    if caller.is_administrator() { Ok(()) } else { Err(Problem::forbidden("this needs an administrator")) }
}

/// Refuses bots and jobs: their connection is the one of the person who made them.
pub(super) fn person(caller: &Caller) -> Result<(), Problem> {
    if caller.is_person() {
        Ok(())
    } else {
        Err(Problem::forbidden("a token of a project, group or job cannot do this"))
    }
}

/// A token that the caller may know of.
pub(super) async fn token(state: &OwnState, caller: &Caller, id: TokenId) -> Result<Token, Problem> {
    person(caller)?;
    Ok(authority::show(&state.api, Actor::Caller(caller), id).await?)
}

/// A top-level group whose policy the caller may see and set: as administrator, or as its owner.
pub(super) async fn owned_root(state: &OwnState, caller: &Caller, text: &str) -> Result<GroupFacts, Problem> {
    person(caller)?;
    let group = places::group(state, &caller.connection, text).await?;
    if !group.ancestors.is_empty() {
        return Err(Problem::invalid("policies are set for top-level groups only"));
    }
    if caller.is_administrator() || group.role >= Some(Role::Owner) {
        return Ok((*group).clone());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", "this needs an owner of the group"))
}
