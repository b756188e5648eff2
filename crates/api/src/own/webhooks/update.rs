//! `PATCH /api/narrowgate/v1/webhooks/{id}`

use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::header::CACHE_CONTROL;
use narrowgate_store::webhooks::{NewWebhook, Webhook};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::view::WebhookView;
use super::{check_events, find, secret, url};
use crate::caller::Caller;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::record;
use crate::own::state::OwnState;

/// What is to be changed, at least one thing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookEdit)]
pub(in crate::own) struct UpdateBody {
    /// Where messages are sent: an `https` URL.
    url: Option<String>,
    /// The events that it hears of.
    #[schema(min_items = 1, max_items = 50)]
    events: Option<Vec<String>>,
    /// What messages are signed with from now on.
    #[schema(min_length = 16, max_length = 255)]
    secret: Option<String>,
    /// Whether a new secret is to be made, and shown this one time.
    #[serde(default)]
    new_secret: bool,
}

/// Changes where a webhook sends, the events that it hears of, and what it signs with. Messages that are on their way are
/// sent and signed as it is now.
#[utoipa::path(
    patch,
    path = "/api/narrowgate/v1/webhooks/{id}",
    operation_id = "updateWebhook",
    tag = "webhooks",
    params(("id" = i64, Path, description = "The webhook", minimum = 1)),
    request_body = UpdateBody,
    responses((
        status = 200,
        description = "The webhook as it is now, with its secret if that is new",
        body = WebhookView
    ))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Body(body): Body<UpdateBody>,
) -> Result<([(http::HeaderName, &'static str); 1], Json<WebhookView>), Problem> {
    let before = find(&state, &caller, &id).await?;
    let UpdateBody { url, events, secret, new_secret } = body;
    let new_secret = match (secret, new_secret) {
        (Some(_), true) => return Err(Problem::invalid("secret and new_secret exclude each other")),
        (Some(secret), false) => Some(secret::given(secret)?),
        (None, true) => Some(secret::make(&state)),
        (None, false) => None,
    };
    if url.is_none() && events.is_none() && new_secret.is_none() {
        return Err(Problem::invalid("name something to change: url, events, secret or new_secret"));
    }
    let url = url.map_or_else(|| Ok(before.url.clone()), |text| url::check(&state, &text))?;
    let events = events.unwrap_or_else(|| before.events.clone());
    check_events(&events)?;
    let sealed = match &new_secret {
        None if url == before.url => before.secret.clone(),
        None => secret::seal(&state, before.tenant, &url, &secret::open(&state, &before)?)?,
        Some(secret) => secret::seal(&state, before.tenant, &url, secret)?,
    };
    let after = NewWebhook { tenant: before.tenant, url, secret: sealed, events };
    if !state.store().webhooks().update(&before, &after, state.now()).await? {
        return Err(Problem::conflict("somebody else changed or removed the webhook meanwhile"));
    }
    let details = json!({
        "webhook": before.id,
        "before": { "url": before.url, "events": before.events },
        "after": { "url": after.url, "events": after.events },
        "secret_changed": new_secret.is_some(),
    });
    record::append(&state, &[record::event(&state, &caller, "webhook.updated", details)]).await?;
    let NewWebhook { url, secret, events, .. } = after;
    let view = WebhookView::of(&Webhook { url, secret, events, ..before });
    let view = match new_secret {
        Some(secret) => view.with_secret(secret.expose_secret().to_owned()),
        None => view,
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(view)))
}
