//! Puts a new token into the store and into the audit log.

use narrowgate_secret::PlainToken;
use narrowgate_store::tokens::{NewToken, Revocation, Token};

use super::actor::Actor;
use super::audit;
use super::error::AuthorityError;
use crate::state::ApiState;

/// A new token and, this one time, its text.
#[derive(Debug)]
pub struct Created {
    /// As stored.
    pub token: Token,
    /// Its text.
    pub plain: PlainToken,
}

/// Stores a token whose text is `plain`.
pub(super) async fn issue(
    state: &ApiState,
    actor: Actor<'_>,
    plain: PlainToken,
    row: &NewToken,
) -> Result<Created, AuthorityError> {
    let token = state.store.tokens().add(row).await?;
    let details = audit::describe(actor, &token);
    if let Err(error) = audit::record(state, actor, "token.created", &token, details).await {
        // A token that nobody knows of must not stay usable.
        state.store.tokens().revoke(token.id, Revocation::asked(state.store.now())).await?;
        return Err(error.into());
    }
    Ok(Created { token, plain })
}
