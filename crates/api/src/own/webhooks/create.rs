//! `POST /api/narrowgate/v1/webhooks`

use axum::extract::State;
use axum::{Extension, Json};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::StatusCode;
use http::header::CACHE_CONTROL;
use narrowgate_store::webhooks::{NewWebhook, webhook_context};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use url::Url;
use utoipa::ToSchema;

use super::check_events;
use super::view::WebhookView;
use crate::caller::Caller;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::state::OwnState;
use crate::own::{access, record};

const MOST_WEBHOOKS: usize = 100;
const SHORTEST_SECRET: usize = 16;

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
    let url = check_url(&state, &body.url)?;
    check_events(&body.events)?;
    let tenant = caller.connection.tenant;
    if state.store().webhooks().list(tenant).await?.len() >= MOST_WEBHOOKS {
        return Err(Problem::conflict(format!("there are {MOST_WEBHOOKS} webhooks already")));
    }
    let secret = secret(&state, body.secret.map(SecretString::from))?;
    let context = webhook_context(tenant, &url);
    let sealed = state.api.with_random(|random| state.keys.seal(&secret, &context, random));
    let sealed = sealed.map_err(|error| {
        tracing::error!(%error, "The secret of a webhook could not be sealed");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "sealing_failed", "the secret could not be sealed")
    })?;
    let new = NewWebhook { tenant, url, secret: sealed, events: body.events };
    let webhook = state.store().webhooks().add(&new).await?;
    let details = json!({ "webhook": webhook.id, "url": webhook.url, "events": webhook.events });
    record::append(&state, &[record::event(&state, &caller, "webhook.created", details)]).await?;
    let view = WebhookView::of(&webhook).with_secret(secret.expose_secret().to_owned());
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(view)))
}

/// The URL in one spelling.
fn check_url(state: &OwnState, text: &str) -> Result<String, Problem> {
    let url = Url::parse(text).map_err(|error| Problem::invalid(format!("url: {error}")))?;
    let is_plain = url.scheme() == "http" && state.config.plain_webhooks;
    if url.scheme() != "https" && !is_plain {
        return Err(Problem::invalid("url: must begin with https"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() || text.len() > 2048
    {
        return Err(Problem::invalid(
            "url: must not hold credentials or a fragment, nor be longer than 2048 bytes",
        ));
    }
    Ok(url.into())
}

fn secret(state: &OwnState, given: Option<SecretString>) -> Result<SecretString, Problem> {
    match given {
        Some(secret) if (SHORTEST_SECRET..=255).contains(&secret.expose_secret().len()) => Ok(secret),
        Some(_) => Err(Problem::invalid("secret: must have between 16 and 255 bytes")),
        None => {
            let mut bytes = [0_u8; 32];
            state.api.with_random(|random| random.fill_bytes(&mut bytes));
            Ok(SecretString::from(format!("ngwhs-{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))))
        }
    }
}
