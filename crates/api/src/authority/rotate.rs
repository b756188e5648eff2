//! Replaces a token by one that may do the same.

use narrowgate_catalog::Role;
use narrowgate_gitlab::Reference;
use narrowgate_store::TokenId;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{Resource, Rotation, Successor, Token, TokenKind};

use super::actor::Actor;
use super::error::AuthorityError;
use super::escalation::Wanted;
use super::issue::Created;
use super::lifetime::{Bounds, Expiry};
use super::resource::{self, Place, ResourceKind};
use super::{audit, escalation, policy, reused, show};
use crate::caller::Caller;
use crate::state::ApiState;

/// Revokes a token and makes its successor, with the same privileges and a lifetime of its own.
///
/// Whoever rotates another token learns the successor's text, so that token may not exceed the caller's: GitLab has no
/// such rule, and there a token with the permission to rotate is worth as much as its owner's best one.
///
/// # Errors
/// As [`show`](fn@super::show); `Dead` for a revoked or expired token. A revoked one takes its family with it.
pub async fn rotate(
    state: &ApiState,
    actor: Actor<'_>,
    id: TokenId,
    expires_at: Expiry,
) -> Result<Created, AuthorityError> {
    let old = show::show(state, actor, id).await?;
    let owner = show::owner(state, &old).await?.ok_or(AuthorityError::NotFound { what: "token" })?;
    let root_group = root_group(state, &owner, &old).await?;
    replace(state, actor, Old { token: old, owner, root_group }, expires_at).await
}

/// As [`rotate`], for a token of a project or group that the caller manages.
///
/// # Errors
/// `NotYours` where the caller does not manage the place, and, for all but administrators, where there is no such
/// token; `Unfit` where the token's role is above the caller's.
pub async fn rotate_for_resource(
    state: &ApiState,
    caller: &Caller,
    place: &Place,
    id: TokenId,
    expires_at: Expiry,
) -> Result<Created, AuthorityError> {
    let old = match show::find_for_resource(state, caller, place, id).await {
        Ok(old) if caller.manages(place) || caller.came_with(&old) => old,
        Err(AuthorityError::Missing { .. }) if caller.is_administrator() => {
            return Err(AuthorityError::NotFound { what: "token" });
        }
        Ok(_) | Err(AuthorityError::Missing { .. }) => return Err(AuthorityError::NotYours),
        Err(error) => return Err(error),
    };
    let role = caller.role_at(place).map_or(0, Role::access_level);
    if old.access_level.is_none_or(|level| level > role) {
        let text = "Not eligible to rotate token with access level higher than the user";
        return Err(AuthorityError::unfit(text));
    }
    let owner = show::owner(state, &old).await?.ok_or(AuthorityError::NotFound { what: "token" })?;
    let root_group = place.root_group();
    replace(state, Actor::Caller(caller), Old { token: old, owner, root_group }, expires_at).await
}

/// A token that is to be replaced.
pub(super) struct Old {
    pub(super) token: Token,
    pub(super) owner: Connection,
    pub(super) root_group: Option<u64>,
}

/// Rotates a token that was found before.
pub(super) async fn replace(
    state: &ApiState,
    actor: Actor<'_>,
    old: Old,
    expires_at: Expiry,
) -> Result<Created, AuthorityError> {
    let Old { token: old, owner, root_group } = old;
    let now = state.store.now();
    if old.kind == TokenKind::Job {
        return Err(AuthorityError::unfit("a job's token cannot be rotated"));
    }
    if old.revocation.is_some() {
        return reuse(state, actor, &old).await;
    }
    if old.expires_at.is_some_and(|date| date.midnight() <= now) {
        return Err(AuthorityError::Dead { state: "expired" });
    }
    if let Some(caller) = actor.caller().filter(|caller| !caller.came_with(&old)) {
        let Token { privileges, conditions, sudo, .. } = &old;
        let wanted = Wanted { privileges, conditions, sudo: *sudo };
        escalation::check(state, caller, &owner, &wanted).await?;
    }
    let policy = policy::effective(state, &owner, root_group).await?;
    policy::check_kind(state, &policy, &old.privileges)?;
    if old.impersonation {
        policy::check_impersonation(&policy)?;
    }
    policy::check_age(state, &policy, &old)?;
    let bounds = Bounds::of_rotated(state, &policy);
    let expires_at = bounds.expiry(now.date(), expires_at, old.expires_at)?;
    let plain = state.mint();
    let successor = Successor { digest: plain.digest(), expires_at };
    match state.store.tokens().rotate(old.id, &successor, now).await? {
        Rotation::AlreadyRevoked => reuse(state, actor, &old).await,
        Rotation::Rotated(token) => {
            let details = audit::describe(actor, &token);
            audit::record_or_log(state, actor, "token.rotated", &token, details).await;
            Ok(Created { token: *token, plain })
        }
    }
}

async fn reuse(state: &ApiState, actor: Actor<'_>, token: &Token) -> Result<Created, AuthorityError> {
    reused(state, actor, token).await?;
    Err(AuthorityError::Dead { state: "revoked" })
}

/// The top-level group whose policy a project's or group's token keeps to.
async fn root_group(
    state: &ApiState,
    owner: &Connection,
    token: &Token,
) -> Result<Option<u64>, AuthorityError> {
    let (kind, id) = match token.resource {
        None => return Ok(None),
        Some(Resource::Project(id)) => (ResourceKind::Project, id),
        Some(Resource::Group(id)) => (ResourceKind::Group, id),
    };
    Ok(resource::place(state, owner, kind, &Reference::Id(id)).await?.root_group())
}
