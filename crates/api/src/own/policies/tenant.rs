//! `/api/narrowgate/v1/policies/tenant`

use axum::extract::State;
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

/// Shows the policy for all tokens of the tenant.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/policies/tenant",
    operation_id = "showTenantPolicy",
    tag = "policies",
    responses((status = 200, description = "The policy", body = PolicyView))
)]
pub(in crate::own) async fn show(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<PolicyView>, Problem> {
    let scope = scope(&caller)?;
    write::show(&state, &scope).await
}

/// Sets the policy for all tokens of the tenant.
#[utoipa::path(
    put,
    path = "/api/narrowgate/v1/policies/tenant",
    operation_id = "putTenantPolicy",
    tag = "policies",
    request_body = PolicyBody,
    responses((status = 200, description = "The policy as it is now", body = PolicyView))
)]
pub(in crate::own) async fn put(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Body(body): Body<PolicyBody>,
) -> Result<Json<PolicyView>, Problem> {
    let scope = scope(&caller)?;
    write::put(&state, &caller, &scope, &body).await
}

/// Removes the policy for all tokens of the tenant.
#[utoipa::path(
    delete,
    path = "/api/narrowgate/v1/policies/tenant",
    operation_id = "removeTenantPolicy",
    tag = "policies",
    responses((status = 204, description = "It is removed"))
)]
pub(in crate::own) async fn remove(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
) -> Result<StatusCode, Problem> {
    let scope = scope(&caller)?;
    write::remove(&state, &caller, &scope).await
}

fn scope(caller: &Caller) -> Result<PolicyScope, Problem> {
    access::administrator(caller)?;
    Ok(PolicyScope::tenant(caller.connection.tenant))
}
