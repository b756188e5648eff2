//! What a token needs to ask about tokens over GraphQL.

use async_graphql::{Context, Error, Result};
use narrowgate_catalog::{BoundaryType, Scope};
use narrowgate_policy::{TokenClass, wire};
use narrowgate_store::tokens::{GrantAccess, TokenKind, TokenPrivileges};

use crate::authority::AuthorityError;
use crate::caller::Caller;
use crate::state::ApiState;

/// GitLab's word for whatever may not be seen or done, and why is not told.
pub(super) const HIDDEN: &str = "The resource that you are attempting to access does not exist or you don't have permission to perform this action";

/// What a permission is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To look.
    Read,
    /// To change something.
    Write,
}

/// The state and the caller of a request that may use `permission` on its own user.
pub(super) fn demand<'c>(
    context: &'c Context<'_>,
    permission: &str,
    purpose: Purpose,
) -> Result<(&'c ApiState, &'c Caller)> {
    let (state, caller) = parties(context)?;
    match caller.token.as_ref().map(|token| &token.privileges) {
        Some(TokenPrivileges::FineGrained(grants)) => {
            let mut own = grants.iter().filter(|grant| grant.access == GrantAccess::User);
            let granted = own.any(|grant| grant.permissions.iter().any(|name| name == permission));
            if granted && caller.is_person() {
                Ok((state, caller))
            } else {
                Err(lacks(state, caller, permission))
            }
        }
        Some(TokenPrivileges::Job) => Err(Error::new(HIDDEN)),
        Some(TokenPrivileges::Legacy(_)) | None => {
            let scopes = caller.scopes().unwrap_or_default();
            let reads = purpose == Purpose::Read && scopes.contains(Scope::ReadApi);
            if reads || scopes.contains(Scope::Api) { Ok((state, caller)) } else { Err(Error::new(HIDDEN)) }
        }
    }
}

/// The state and the caller of any request.
pub(super) fn parties<'c>(context: &'c Context<'_>) -> Result<(&'c ApiState, &'c Caller)> {
    Ok((context.data::<ApiState>()?, context.data::<Caller>()?))
}

fn lacks(state: &ApiState, caller: &Caller, permission: &str) -> Error {
    let class = match caller.token.as_ref().map(|token| token.kind) {
        Some(TokenKind::Project) => TokenClass::Project,
        Some(TokenKind::Group) => TokenClass::Group,
        Some(TokenKind::Job) => TokenClass::Job,
        Some(TokenKind::Personal) | None => TokenClass::Personal,
    };
    let id = state.catalog.permission(permission).map(|permission| permission.id);
    let ids: Vec<_> = id.into_iter().collect();
    Error::new(wire::permissions_required(class, BoundaryType::User, &ids, state.catalog))
}

/// What the authority's refusal is to a client: an entry of the payload's `errors`, or else an error of the field.
pub(super) fn outcome<T>(result: Result<T, AuthorityError>) -> Result<Result<T, String>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(AuthorityError::NotYours | AuthorityError::NotFound { what: "token" }) => Err(Error::new(HIDDEN)),
        Err(error @ (AuthorityError::Store(_) | AuthorityError::Containers(_))) => Err(failure(&error)),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// What failed goes to the log, and not to the client.
pub(super) fn failure(error: &AuthorityError) -> Error {
    tracing::error!(%error, "A GraphQL field could not be answered");
    Error::new("Internal server error")
}
