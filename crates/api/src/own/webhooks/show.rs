//! `GET /api/narrowgate/v1/webhooks/{id}`

use axum::extract::{Path, State};
use axum::{Extension, Json};

use super::find;
use super::view::WebhookView;
use crate::caller::Caller;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

const DELIVERIES: u32 = 50;

/// Shows a webhook and its latest messages.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/webhooks/{id}",
    operation_id = "showWebhook",
    tag = "webhooks",
    params(("id" = i64, Path, description = "The webhook", minimum = 1)),
    responses((status = 200, description = "The webhook", body = WebhookView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<WebhookView>, Problem> {
    let webhook = find(&state, &caller, &id).await?;
    let deliveries = state.store().webhooks().deliveries(webhook.id, DELIVERIES).await?;
    Ok(Json(WebhookView::of(&webhook).with_deliveries(&deliveries)))
}
