//! `POST /api/narrowgate/v1/webhooks/{id}/test`

use axum::extract::{Path, State};
use axum::{Extension, Json};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::find;
use crate::caller::Caller;
use crate::lifecycle::Message;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// How a test message fared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookTest)]
pub(in crate::own) struct TestView {
    /// Whether the receiver took it.
    delivered: bool,
    /// The status it answered with.
    status: Option<u16>,
    /// Why there is no answer.
    error: Option<String>,
}

/// Sends a message with the event `webhook.test` at once, signed like any other, and says how it fared.
#[utoipa::path(
    post,
    path = "/api/narrowgate/v1/webhooks/{id}/test",
    operation_id = "testWebhook",
    tag = "webhooks",
    params(("id" = i64, Path, description = "The webhook", minimum = 1)),
    responses((status = 200, description = "How the message fared", body = TestView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<TestView>, Problem> {
    let webhook = find(&state, &caller, &id).await?;
    let now = state.now();
    let body = json!({ "event": "webhook.test", "at": now, "data": { "webhook": webhook.id } }).to_string();
    let message = match Message::sign(&state.keys, &webhook, "test", "webhook.test", body, now) {
        Ok(message) => message,
        Err(error) => {
            return Ok(Json(TestView { delivered: false, status: None, error: Some(error.to_string()) }));
        }
    };
    Ok(Json(match state.sender.send(&message).await {
        Ok(status) => TestView { delivered: (200..300).contains(&status), status: Some(status), error: None },
        Err(error) => TestView { delivered: false, status: None, error: Some(error.to_string()) },
    }))
}
