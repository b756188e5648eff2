//! `/api/narrowgate/v1/policies/groups/{id}`

use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use narrowgate_store::policies::PolicyScope;

use super::view::{PolicyBody, PolicyView};
use super::write;
use crate::caller::Caller;
use crate::own::access;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// Shows the policy for what lies in a top-level group.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/policies/groups/{id}",
    operation_id = "showGroupPolicy",
    tag = "policies",
    params(("id" = String, Path, description = "The top-level group, by number or path")),
    responses((status = 200, description = "The policy", body = PolicyView))
)]
pub(in crate::own) async fn show(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<PolicyView>, Problem> {
    let scope = scope(&state, &caller, &id).await?;
    write::show(&state, &scope).await
}

/// Sets the policy for what lies in a top-level group.
#[utoipa::path(
    put,
    path = "/api/narrowgate/v1/policies/groups/{id}",
    operation_id = "putGroupPolicy",
    tag = "policies",
    params(("id" = String, Path, description = "The top-level group, by number or path")),
    request_body = PolicyBody,
    responses((status = 200, description = "The policy as it is now", body = PolicyView))
)]
pub(in crate::own) async fn put(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Body(body): Body<PolicyBody>,
) -> Result<Json<PolicyView>, Problem> {
    let scope = scope(&state, &caller, &id).await?;
    write::put(&state, &caller, &scope, &body).await
}

/// Removes the policy for what lies in a top-level group.
#[utoipa::path(
    delete,
    path = "/api/narrowgate/v1/policies/groups/{id}",
    operation_id = "removeGroupPolicy",
    tag = "policies",
    params(("id" = String, Path, description = "The top-level group, by number or path")),
    responses((status = 204, description = "It is removed"))
)]
pub(in crate::own) async fn remove(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let scope = scope(&state, &caller, &id).await?;
    write::remove(&state, &caller, &scope).await
}

async fn scope(state: &OwnState, caller: &Caller, group: &str) -> Result<PolicyScope, Problem> {
    let group = access::owned_root(state, caller, group).await?;
    let mine = &caller.connection;
    Ok(PolicyScope::group(mine.tenant, mine.instance_url.clone(), group.id))
}
