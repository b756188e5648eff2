//! Answers and refusals in GitLab's words.

use ::http::{StatusCode, header};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What a handler gives back.
pub(crate) type Reply = Result<Response, ApiError>;

/// A refusal with GitLab's body.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    body: Value,
    challenge: Option<String>,
}

impl ApiError {
    fn new(status: StatusCode, body: Value) -> Self {
        Self { status, body, challenge: None }
    }

    /// 404 naming what is missing: `404 Project Not Found`.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, json!({ "message": format!("404 {what} Not Found") }))
    }

    /// 404 of Grape for a route that does not exist.
    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, json!({ "error": "404 Not Found" }))
    }

    /// 404 that names nothing.
    pub(crate) fn missing() -> Self {
        Self::new(StatusCode::NOT_FOUND, json!({ "message": "404 Not found" }))
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, json!({ "message": "401 Unauthorized" }))
    }

    /// 401 for a token that was good once.
    pub(crate) fn invalid_token(description: &str) -> Self {
        let body = json!({ "error": "invalid_token", "error_description": description });
        let challenge = format!(
            r#"Bearer realm="Protected by OAuth 2.0", error="invalid_token", error_description="{description}""#
        );
        Self { challenge: Some(challenge), ..Self::new(StatusCode::UNAUTHORIZED, body) }
    }

    pub(crate) fn insufficient_scope(scopes: &str) -> Self {
        let description = "The request requires higher privileges than provided by the access token.";
        let body =
            json!({ "error": "insufficient_scope", "error_description": description, "scope": scopes });
        Self::new(StatusCode::FORBIDDEN, body)
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, json!({ "message": "403 Forbidden" }))
    }

    pub(crate) fn forbidden_because(reason: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, json!({ "message": format!("403 Forbidden - {reason}") }))
    }

    /// 400 of Grape's parameter validation: `title is missing`.
    pub(crate) fn bad_parameter(text: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, json!({ "error": text }))
    }

    /// 400 with a message, text or object.
    pub(crate) fn bad_request(message: impl Into<Value>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, json!({ "message": message.into() }))
    }

    pub(crate) fn conflict(message: impl Into<Value>) -> Self {
        Self::new(StatusCode::CONFLICT, json!({ "message": message.into() }))
    }

    pub(crate) fn not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, json!({ "message": "405 Method Not Allowed" }))
    }

    pub(crate) fn unprocessable(message: impl Into<Value>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, json!({ "message": message.into() }))
    }

    /// A refusal of this status with GitLab's usual body.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("Unknown");
        Self::new(status, json!({ "message": format!("{} {reason}", status.as_u16()) }))
    }

    /// 500, with the cause in the log alone.
    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(cause = %cause, "the forge failed");
        Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        Self::internal(&error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = json(self.status, &self.body);
        if let Some(challenge) = self.challenge.and_then(|text| text.parse().ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    headers
        .insert(header::CACHE_CONTROL, http::HeaderValue::from_static("max-age=0, private, must-revalidate"));
    headers.insert(header::VARY, http::HeaderValue::from_static("Origin"));
    response
}

/// 201 with what was made.
pub(crate) fn created(body: &Value) -> Response {
    json(StatusCode::CREATED, body)
}

/// 202 with GitLab's word for work that goes on.
pub(crate) fn accepted() -> Response {
    json(StatusCode::ACCEPTED, &json!({ "message": "202 Accepted" }))
}

/// 204 without a body.
pub(crate) fn deleted() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
