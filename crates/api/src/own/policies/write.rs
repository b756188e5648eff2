//! Reads and writes the policy of one scope.

use axum::Json;
use http::StatusCode;
use narrowgate_store::policies::PolicyScope;
use serde_json::json;

use super::view::{PolicyBody, PolicyView};
use crate::caller::Caller;
use crate::own::problem::Problem;
use crate::own::record;
use crate::own::state::OwnState;

pub(super) async fn show(state: &OwnState, scope: &PolicyScope) -> Result<Json<PolicyView>, Problem> {
    let policies = state.store().policies();
    let stored = policies.lookup(scope).await?;
    let effective = policies.effective(scope).await?;
    Ok(Json(PolicyView::of(scope, stored, &effective)))
}

pub(super) async fn put(
    state: &OwnState,
    caller: &Caller,
    scope: &PolicyScope,
    body: &PolicyBody,
) -> Result<Json<PolicyView>, Problem> {
    let policy = body.read()?;
    if !policy.suits(scope) {
        return Err(Problem::invalid(
            "no_fine_grained and no_impersonation are for the tenant or an instance",
        ));
    }
    let policies = state.store().policies();
    let before = policies.lookup(scope).await?.map(|stored| stored.policy);
    policies.put(scope, &policy, state.now()).await?;
    record(state, caller, scope, json!({ "before": before, "after": policy })).await?;
    show(state, scope).await
}

pub(super) async fn remove(
    state: &OwnState,
    caller: &Caller,
    scope: &PolicyScope,
) -> Result<StatusCode, Problem> {
    let policies = state.store().policies();
    let before = policies.lookup(scope).await?.map(|stored| stored.policy);
    if !policies.remove(scope, state.now()).await? {
        return Err(Problem::not_found("policy"));
    }
    record(state, caller, scope, json!({ "before": before, "after": null })).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn record(
    state: &OwnState,
    caller: &Caller,
    scope: &PolicyScope,
    change: serde_json::Value,
) -> Result<(), Problem> {
    let details = json!({
        "instance_url": scope.instance_url,
        "group_id": scope.root_group,
        "change": change,
    });
    record::append(state, &[record::event(state, caller, "policy.updated", details)]).await
}
