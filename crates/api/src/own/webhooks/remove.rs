//! `DELETE /api/narrowgate/v1/webhooks/{id}`

use axum::Extension;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::json;

use super::find;
use crate::caller::Caller;
use crate::own::problem::Problem;
use crate::own::record;
use crate::own::state::OwnState;

/// Removes a webhook, with the messages that wait for it.
#[utoipa::path(
    delete,
    path = "/api/narrowgate/v1/webhooks/{id}",
    operation_id = "removeWebhook",
    tag = "webhooks",
    params(("id" = i64, Path, description = "The webhook", minimum = 1)),
    responses((status = 204, description = "It is removed"))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let webhook = find(&state, &caller, &id).await?;
    if !state.store().webhooks().remove(webhook.id, state.now()).await? {
        return Err(Problem::not_found("webhook"));
    }
    let details = json!({ "webhook": webhook.id, "url": webhook.url });
    record::append(&state, &[record::event(&state, &caller, "webhook.removed", details)]).await?;
    Ok(StatusCode::NO_CONTENT)
}
