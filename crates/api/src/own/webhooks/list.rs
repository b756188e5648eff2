//! `GET /api/narrowgate/v1/webhooks`

use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::WebhookView;
use crate::caller::Caller;
use crate::own::access;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// Every webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookList)]
pub(in crate::own) struct WebhookList {
    /// The webhooks, oldest first.
    webhooks: Vec<WebhookView>,
}

/// Lists the webhooks.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/webhooks",
    operation_id = "listWebhooks",
    tag = "webhooks",
    responses((status = 200, description = "Every webhook", body = WebhookList))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<WebhookList>, Problem> {
    access::administrator(&caller)?;
    let found = state.store().webhooks().list(caller.connection.tenant).await?;
    Ok(Json(WebhookList { webhooks: found.iter().map(WebhookView::of).collect() }))
}
