//! `GET /api/narrowgate/v1/policies`

use axum::extract::State;
use axum::{Extension, Json};
use narrowgate_store::policies::TokenPolicy;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::PolicyView;
use crate::caller::Caller;
use crate::own::access;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// Every policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicyList)]
pub(in crate::own) struct PolicyList {
    /// The policies, the wider scopes first.
    policies: Vec<PolicyView>,
}

/// Lists every policy of the tenant and the caller's instance.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/policies",
    operation_id = "listPolicies",
    tag = "policies",
    responses((status = 200, description = "Every policy", body = PolicyList))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<PolicyList>, Problem> {
    access::administrator(&caller)?;
    let mine = &caller.connection;
    let stored = state.store().policies().list(mine.tenant).await?;
    let visible = |url: &Option<String>| url.as_ref().is_none_or(|url| *url == mine.instance_url);
    let mut policies = Vec::with_capacity(stored.len());
    for entry in stored.iter().filter(|entry| visible(&entry.scope.instance_url)) {
        let around = stored.iter().filter(|other| other.scope.contains(&entry.scope));
        let effective = around.fold(TokenPolicy::default(), |all, other| all.and(&other.policy));
        policies.push(PolicyView::of(&entry.scope, Some(entry.clone()), &effective));
    }
    Ok(Json(PolicyList { policies }))
}
