//! What happens around every request: it is authenticated, remembered, made to fail if a test wants that, and logged.

use std::sync::atomic::{AtomicU64, Ordering};

use ::http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use secrecy::ExposeSecret;

use super::call::Arrival;
use super::credential::{Presented, presented, redact};
use super::error::ApiError;
use super::viewer::{Authentication, authenticate};
use crate::fault::Fault;
use crate::forge::Forge;
use crate::record::{BodyDigest, BodyMeter, SeenCredential, SeenRequest};

static SERIAL: AtomicU64 = AtomicU64::new(1);

/// The steps around a handler.
pub(crate) async fn observe(State(forge): State<Forge>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let presented = presented(&parts);
    let authentication = authenticate(&mut forge.world(), &presented, forge.now());
    let seen = describe(&forge, &parts, &presented, &authentication);
    log(&seen);
    let id = seen.id.clone();
    let meter = forge.recorder().remember(seen);
    let fault = forge.faults().find(parts.uri.path());
    parts.extensions.insert(authentication);
    let carriers = presented.iter().map(|it| it.carrier.clone()).collect();
    parts.extensions.insert(Arrival { id: id.clone(), uri: parts.uri.clone(), carriers });
    let request = Request::from_parts(parts, metered(body, meter));
    let mut response = answer(request, next, fault).await;
    decorate(&mut response, &forge, &id);
    tracing::debug!(request.id = %id, status = response.status().as_u16(), "answered");
    response
}

async fn answer(request: Request, next: Next, fault: Option<Fault>) -> Response {
    match fault {
        None => next.run(request).await,
        Some(Fault::Delay(delay)) => {
            tokio::time::sleep(delay).await;
            next.run(request).await
        }
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::BadJson) => typed_json(Body::from(r#"{"id": 20, "path": <html>"#)),
        Some(Fault::ResetMidBody) => reset_mid_body(),
        Some(Fault::Status(code)) => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            ApiError::of_status(status).into_response()
        }
    }
}

fn typed_json(body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn reset_mid_body() -> Response {
    let chunks = [Ok(Bytes::from_static(b"[{\"id\": 1}, ")), Err(std::io::ErrorKind::ConnectionReset)];
    // The pause lets the first part reach the other side before the connection drops.
    let chunks = stream::iter(chunks).then(|chunk| async move {
        if chunk.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        chunk.map_err(std::io::Error::from)
    });
    let mut response = typed_json(Body::from_stream(chunks));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("100000"));
    response
}

fn describe(forge: &Forge, parts: &Parts, presented: &[Presented], who: &Authentication) -> SeenRequest {
    let world = forge.world();
    let name_of = |user: u64| world.users.get(&user).map(|user| user.username.clone());
    let credentials = presented.iter().map(|it| SeenCredential {
        carrier: it.carrier.clone(),
        owner: world.find_token(it.secret.expose_secret()).and_then(|token| name_of(token.user)),
    });
    SeenRequest {
        id: format!("sandbox-{:08}", SERIAL.fetch_add(1, Ordering::Relaxed)),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(redact),
        credentials: credentials.collect(),
        user: who.0.as_ref().ok().and_then(|viewer| viewer.user).and_then(name_of),
        headers: parts.headers.iter().map(|(name, _)| name.as_str().to_owned()).collect(),
        body: BodyDigest::of(b""),
        graphql: Vec::new(),
    }
}

fn log(seen: &SeenRequest) {
    let carriers = seen.credentials.iter().map(|it| it.carrier.as_str()).collect::<Vec<_>>().join(", ");
    tracing::info!(
        request.id = %seen.id,
        method = %seen.method,
        path = %seen.path,
        user = seen.user.as_deref().unwrap_or("nobody"),
        credential = %carriers,
        "request"
    );
}

/// The body, measured while it passes.
fn metered(body: Body, meter: BodyMeter) -> Body {
    let mut meter = meter;
    Body::from_stream(body.into_data_stream().inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            meter.count(chunk);
        }
    }))
}

fn decorate(response: &mut Response, forge: &Forge, id: &str) {
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-request-id", id);
    set("x-gitlab-meta", &format!(r#"{{"correlation_id":"{id}","version":"1"}}"#));
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "SAMEORIGIN");
    let Some(limit) = forge.rate_limit() else { return };
    set("ratelimit-limit", &limit.to_string());
    set("ratelimit-name", "throttle_authenticated_api");
    set("ratelimit-observed", "1");
    set("ratelimit-remaining", &limit.saturating_sub(1).to_string());
    set("ratelimit-reset", &(forge.now() / 1_000_000 + 60).to_string());
}
