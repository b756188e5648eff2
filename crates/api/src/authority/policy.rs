//! The policy that a token must keep to: the strictest of tenant, instance and top-level group.

use narrowgate_store::connections::Connection;
use narrowgate_store::policies::{PolicyScope, TokenPolicy};
use narrowgate_store::tokens::{Token, TokenPrivileges};

use super::error::AuthorityError;
use crate::state::ApiState;

/// The policy for tokens of an instance, or for those of what lies in one of its top-level groups.
pub(super) async fn effective(
    state: &ApiState,
    connection: &Connection,
    root_group: Option<u64>,
) -> Result<TokenPolicy, AuthorityError> {
    let instance_url = Some(connection.instance_url.clone());
    let scope = PolicyScope { tenant: connection.tenant, instance_url, root_group };
    Ok(state.store.policies().effective(&scope).await?)
}

/// Checks that a token with these privileges may still be made or rotated.
pub(super) fn check_kind(
    state: &ApiState,
    policy: &TokenPolicy,
    privileges: &TokenPrivileges,
) -> Result<(), AuthorityError> {
    let is_refused = policy.no_new_legacy || (policy.enforces(state.store.now()) && !policy.dry_run);
    match privileges {
        TokenPrivileges::Legacy(_) if is_refused => Err(AuthorityError::FineGrainedOnly),
        TokenPrivileges::FineGrained(_) if policy.no_fine_grained => Err(AuthorityError::FineGrainedDisabled),
        _ => Ok(()),
    }
}

/// Checks that a token may be made by which an administrator acts as somebody.
pub(super) fn check_impersonation(policy: &TokenPolicy) -> Result<(), AuthorityError> {
    if policy.no_impersonation { Err(AuthorityError::ImpersonationDisabled) } else { Ok(()) }
}

/// Checks that a token is old enough to be rotated.
pub(super) fn check_age(state: &ApiState, policy: &TokenPolicy, token: &Token) -> Result<(), AuthorityError> {
    let Some(days) = policy.minimum_rotation_days else { return Ok(()) };
    let from = token.created_at.date().plus_days(days);
    if from <= state.store.now().date() { Ok(()) } else { Err(AuthorityError::TooSoon { from }) }
}
