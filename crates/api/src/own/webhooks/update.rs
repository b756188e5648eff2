//! `PATCH /api/narrowgate/v1/webhooks/{id}`

use axum::extract::{Path, State};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::view::WebhookView;
use super::{check_events, find};
use crate::caller::Caller;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::record;
use crate::own::state::OwnState;

/// What is to be changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookEdit)]
pub(in crate::own) struct UpdateBody {
    /// The events that it hears of.
    #[schema(min_items = 1, max_items = 50)]
    events: Vec<String>,
}

/// Changes the events that a webhook hears of. Its URL and secret belong together: add another webhook to change them.
#[utoipa::path(
    patch,
    path = "/api/narrowgate/v1/webhooks/{id}",
    operation_id = "updateWebhook",
    tag = "webhooks",
    params(("id" = i64, Path, description = "The webhook", minimum = 1)),
    request_body = UpdateBody,
    responses((status = 200, description = "The webhook as it is now", body = WebhookView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Body(body): Body<UpdateBody>,
) -> Result<Json<WebhookView>, Problem> {
    let webhook = find(&state, &caller, &id).await?;
    check_events(&body.events)?;
    if !state.store().webhooks().update(webhook.id, &body.events, state.now()).await? {
        return Err(Problem::not_found("webhook"));
    }
    let details = json!({ "webhook": webhook.id, "before": webhook.events, "after": body.events });
    record::append(&state, &[record::event(&state, &caller, "webhook.updated", details)]).await?;
    Ok(Json(WebhookView::of(&narrowgate_store::webhooks::Webhook { events: body.events, ..webhook })))
}
