//! `POST /api/narrowgate/v1/webhooks`

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use narrowgate_store::webhooks::NewWebhook;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::view::WebhookView;
use super::{check_events, secret, url};
use crate::caller::Caller;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::state::OwnState;
use crate::own::{access, record};

const MOST_WEBHOOKS: usize = 100;

/// A receiver to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook)]
pub(in crate::own) struct CreateBody {
    /// Where messages are sent: an `https` URL.
    url: String,
    /// The events that it hears of, such as `token.revoked`; `token.*` stands for all that begin so, `*` for all.
    #[schema(min_items = 1, max_items = 50)]
    events: Vec<String>,
    /// What messages are signed with; made and shown once if absent.
    #[schema(min_length = 16, max_length = 255)]
    secret: Option<String>,
}

/// Adds a webhook. Messages carry `X-Narrowgate-Timestamp` and `X-Narrowgate-Signature: v1=…`, the HMAC-SHA256 of the
/// timestamp, a dot and the body, in hexadecimal digits.
#[utoipa::path(
    post,
    path = "/api/narrowgate/v1/webhooks",
    operation_id = "createWebhook",
    tag = "webhooks",
    request_body = CreateBody,
    responses((status = 201, description = "The webhook, with its secret this one time", body = WebhookView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Body(body): Body<CreateBody>,
) -> Result<(StatusCode, [(http::HeaderName, &'static str); 1], Json<WebhookView>), Problem> {
    access::administrator(&caller)?;
    let url = url::check(&state, &body.url)?;
    check_events(&body.events)?;
    let tenant = caller.connection.tenant;
    if state.store().webhooks().list(tenant).await?.len() >= MOST_WEBHOOKS {
        return Err(Problem::conflict(format!("there are {MOST_WEBHOOKS} webhooks already")));
    }
    let secret = body.secret.map_or_else(|| Ok(secret::make(&state)), secret::given)?;
    let sealed = secret::seal(&state, tenant, &url, &secret)?;
    let new = NewWebhook { tenant, url, secret: sealed, events: body.events };
    let webhook = state.store().webhooks().add(&new).await?;
    let details = json!({ "webhook": webhook.id, "url": webhook.url, "events": webhook.events });
    record::append(&state, &[record::event(&state, &caller, "webhook.created", details)]).await?;
    let view = WebhookView::of(&webhook).with_secret(secret.expose_secret().to_owned());
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(view)))
}
