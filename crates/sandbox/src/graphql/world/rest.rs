//! Asking the forge's own REST API, so that both APIs have the same effects and hold to the same roles.

use ::http::{Method, Request, StatusCode};
use axum::body::{Body, to_bytes};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tower::ServiceExt as _;

use super::Worldly;
use crate::api;
use crate::http::Authentication;

/// A refusal of the REST API.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) message: String,
}

/// A part of a path, so that nothing in it counts.
pub(super) fn encode(part: &str) -> String {
    utf8_percent_encode(part, NON_ALPHANUMERIC).to_string()
}

impl Worldly {
    /// Sends a request as the viewer. Blocks: for threads that serve no connections.
    pub(super) fn rest(&self, method: Method, path: &str, body: &Value) -> Result<Value, Refused> {
        let failed = |message: String| Refused { status: StatusCode::INTERNAL_SERVER_ERROR, message };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .extension(Authentication(Ok(self.viewer.clone())))
            .body(Body::from(body.to_string()))
            .map_err(|error| failed(error.to_string()))?;
        let answer = async {
            let response = api::routes().with_state(self.forge.clone()).oneshot(request).await;
            let response = response.unwrap_or_else(|never| match never {});
            let status = response.status();
            let body = to_bytes(response.into_body(), usize::MAX).await;
            (status, body.unwrap_or_default())
        };
        let (status, body) = tokio::runtime::Handle::current().block_on(answer);
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        let message = body.get("message").or_else(|| body.get("error")).unwrap_or(&body);
        let message = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
        Err(Refused { status, message })
    }
}
