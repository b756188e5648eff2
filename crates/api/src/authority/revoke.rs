//! Ends a token.

use narrowgate_store::TokenId;
use narrowgate_store::tokens::Token;
use serde_json::json;

use super::actor::Actor;
use super::error::AuthorityError;
use super::{audit, show};
use crate::state::ApiState;

/// Revokes a token and returns it. One that is revoked already stays so, and that is no error.
///
/// # Errors
/// As [`show`], and failures of the store.
pub async fn revoke(state: &ApiState, actor: Actor<'_>, id: TokenId) -> Result<Token, AuthorityError> {
    let token = show(state, actor, id).await?;
    if state.store.tokens().revoke(id, state.store.now()).await? {
        audit::record_or_log(state, actor, "token.revoked", &token, json!({ "name": token.name })).await;
    }
    Ok(token)
}
