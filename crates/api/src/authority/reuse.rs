//! A token that was rotated away comes back: somebody else has it.

use narrowgate_store::TokenId;
use narrowgate_store::tokens::{Revocation, RevocationReason, Token};
use serde_json::json;

use super::actor::Actor;
use super::audit;
use super::error::AuthorityError;
use crate::state::ApiState;

/// Revokes every active token of a revoked token's family and says which these were. To be called when a revoked token
/// is presented for rotation, whether by its id or as the credential.
///
/// # Errors
/// Failures of the store.
pub async fn reused(
    state: &ApiState,
    actor: Actor<'_>,
    token: &Token,
) -> Result<Vec<TokenId>, AuthorityError> {
    let why = Revocation { at: state.store.now(), reason: RevocationReason::Reused };
    let revoked = state.store.tokens().revoke_family(token.id, why).await?;
    if !revoked.is_empty() {
        tracing::warn!(token.id = token.id.0, "A revoked token was used for rotation: its family is revoked");
        let details = json!({ "name": token.name, "revoked": revoked });
        audit::record_or_log(state, actor, "token.family_revoked", token, details).await;
    }
    Ok(revoked)
}
