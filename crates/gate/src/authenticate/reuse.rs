//! Somebody rotates a token that was rotated before: one of the two who hold it stole it (WIRE 3).

use narrowgate_catalog::Method;
use narrowgate_store::tokens::{Revocation, RevocationReason};

use super::{Principal, follower};
use crate::classify::Route;
use crate::core::Core;
use crate::record::{self, Exchange};
use crate::refusal::Refusal;

/// Whether a token asks to be rotated itself.
pub(super) fn is_rotation(route: &Route<'_>, principal: &Principal) -> bool {
    let Route::Rest(operation, params) = route else { return false };
    if operation.method != Method::Post {
        return false;
    }
    let names = |at| params.get(at).and_then(|id| id.parse().ok()).map(narrowgate_store::TokenId);
    match operation.template.as_str() {
        "/personal_access_tokens/self/rotate"
        | "/projects/:id/access_tokens/self/rotate"
        | "/groups/:id/access_tokens/self/rotate" => true,
        "/personal_access_tokens/:id/rotate" => names(0) == principal.token,
        "/projects/:id/access_tokens/:token_id/rotate" | "/groups/:id/access_tokens/:token_id/rotate" => {
            names(1) == principal.token
        }
        _ => false,
    }
}

/// Revokes all tokens that came of one by rotation.
///
/// # Errors
///
/// A store that can't be asked.
pub(super) async fn revoke_family(
    core: &Core,
    principal: &Principal,
    exchange: &Exchange,
) -> Result<(), Refusal> {
    let Some(token) = principal.token else { return Ok(()) };
    let why = Revocation { at: core.store.now(), reason: RevocationReason::Reused };
    let revoked = core.store.tokens().revoke_family(token, why).await?;
    follower::catch_up(core).await?;
    if !revoked.is_empty() {
        tracing::warn!(
            token.id = token.0,
            count = revoked.len(),
            "a rotated token was used again: its family is revoked"
        );
        record::family_revoked(core, exchange, &revoked);
    }
    Ok(())
}
