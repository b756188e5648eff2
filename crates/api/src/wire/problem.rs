//! Errors as GitLab words them.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use narrowgate_gitlab::GitlabError;
use narrowgate_policy::Reason;
use narrowgate_store::StoreError;
use serde_json::{Value, json};

use crate::authority::AuthorityError;
use crate::containers::ContainersError;
use crate::request_id::Nameless;

/// A response that says what went wrong. Its body is for the client; causes go to the log.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    body: Value,
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, body: Value) -> Self {
        Self { status, body, retry_after: None }
    }

    fn message(status: StatusCode, message: impl Into<Value>) -> Self {
        Self::new(status, json!({ "message": message.into() }))
    }

    fn error(status: StatusCode, error: impl Into<Value>) -> Self {
        Self::new(status, json!({ "error": error.into() }))
    }

    /// Parameters of a wrong form.
    pub(crate) fn parameters(complaints: &[String]) -> Self {
        Self::error(StatusCode::BAD_REQUEST, complaints.join(", "))
    }

    /// A body or query that cannot be read.
    pub(crate) fn unreadable() -> Self {
        Self::error(StatusCode::BAD_REQUEST, "message body does not match declared format")
    }

    pub(crate) fn too_large() -> Self {
        Self::error(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
    }

    pub(crate) fn unsupported(content_type: &str) -> Self {
        let text = format!("The provided content-type '{content_type}' is not supported.");
        Self::error(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)
    }

    /// A well-formed request that makes no sense.
    pub(crate) fn bad_request(reason: &str) -> Self {
        Self::message(StatusCode::BAD_REQUEST, format!("400 Bad request - {reason}"))
    }

    pub(crate) fn forbidden() -> Self {
        Self::message(StatusCode::FORBIDDEN, "403 Forbidden")
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::message(StatusCode::NOT_FOUND, format!("404 {what}"))
    }

    pub(crate) fn no_such_route() -> Self {
        Self::error(StatusCode::NOT_FOUND, "404 Not Found")
    }

    pub(crate) fn no_such_method() -> Self {
        Self::error(StatusCode::METHOD_NOT_ALLOWED, "405 Not Allowed")
    }

    pub(crate) fn unauthorized() -> Self {
        Self::message(StatusCode::UNAUTHORIZED, "401 Unauthorized")
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::message(StatusCode::METHOD_NOT_ALLOWED, "405 Method Not Allowed")
    }

    fn detailed(status: StatusCode, message: &str, detail: &Value) -> Self {
        Self::new(status, json!({ "message": message, "narrowgate": detail }))
    }

    /// What the policy refuses, for the reason that the gate gives.
    fn barred(reason: Reason, error: &AuthorityError) -> Self {
        let detail = json!({ "reason": reason.as_str() });
        Self::detailed(StatusCode::FORBIDDEN, &format!("403 Forbidden - {error}"), &detail)
    }

    /// What would hand out a token of the instance.
    pub(crate) fn native_token() -> Self {
        let hint = "Rotate it on the instance itself, or revoke it and make a token here.";
        let detail = json!({ "reason": "native_token", "hint": hint });
        Self::detailed(
            StatusCode::FORBIDDEN,
            "403 Forbidden - Tokens of the instance can't be rotated here",
            &detail,
        )
    }

    /// Something behind us failed.
    fn upstream(status: StatusCode, reason: &str, hint: &str) -> Self {
        let text = status.canonical_reason().unwrap_or_default();
        let message = format!("{} {text}", status.as_u16());
        Self::new(status, json!({ "message": message, "narrowgate": { "reason": reason, "hint": hint } }))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(&self.body)).into_response();
        response.extensions_mut().insert(Nameless { body: self.body, place: "/narrowgate" });
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<AuthorityError> for Problem {
    fn from(error: AuthorityError) -> Self {
        match error {
            AuthorityError::Invalid { field, text } => {
                Self::message(StatusCode::BAD_REQUEST, json!({ field: [text] }))
            }
            AuthorityError::NoGrant | AuthorityError::UnknownPermission { .. } => {
                Self::bad_request(&error.to_string())
            }
            AuthorityError::Escalation { text, missing } => {
                let message = format!("403 Forbidden - {text}");
                let mut detail = json!({ "reason": "escalation" });
                if let (Value::Object(detail), false) = (&mut detail, missing.is_empty()) {
                    detail.insert("permissions".to_owned(), missing.into());
                }
                Self::new(StatusCode::FORBIDDEN, json!({ "message": message, "narrowgate": detail }))
            }
            AuthorityError::AdministratorsOnly => Self::forbidden(),
            AuthorityError::Unfit { text } => Self::bad_request(&text),
            AuthorityError::TooSoon { .. } => Self::bad_request(&error.to_string()),
            AuthorityError::FineGrainedOnly => Self::barred(Reason::FineGrainedRequired, &error),
            AuthorityError::FineGrainedDisabled => Self::barred(Reason::FineGrainedDisabled, &error),
            AuthorityError::ImpersonationDisabled => Self::barred(Reason::ImpersonationDisabled, &error),
            AuthorityError::NotConnected { .. } => {
                let hint = "A token acts through a connection: make one with `narrowgate connect`.";
                let detail = json!({ "reason": "not_connected", "hint": hint });
                Self::detailed(StatusCode::NOT_FOUND, "404 User Not Found", &detail)
            }
            AuthorityError::Missing { what } => Self::not_found(&format!("{what} Not Found")),
            AuthorityError::NotYours | AuthorityError::Dead { .. } => Self::unauthorized(),
            AuthorityError::NotFound { what: "token" } => Self::not_found("Not found"),
            AuthorityError::NotFound { .. } => Self::not_found("Not Found"),
            AuthorityError::Store(error) => error.into(),
            AuthorityError::Containers(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "The store failed");
        match error {
            StoreError::Unavailable(..) => {
                let hint = "The store does not answer; nothing was changed. Try again.";
                Self::upstream(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", hint)
            }
            _ => {
                let hint = "The request id leads to the cause in the log.";
                Self::upstream(StatusCode::INTERNAL_SERVER_ERROR, "store_failed", hint)
            }
        }
    }
}

impl From<ContainersError> for Problem {
    fn from(error: ContainersError) -> Self {
        tracing::warn!(%error, "The instance could not be asked");
        match error {
            ContainersError::Instance(error) => error.into(),
            ContainersError::Credential { .. } => {
                let hint = "The connection's credential cannot be opened: connect the user again.";
                Self::upstream(StatusCode::INTERNAL_SERVER_ERROR, "credential_unusable", hint)
            }
            ContainersError::OtherInstance { .. } => {
                let hint = "The connection leads to an instance that is not served here.";
                Self::upstream(StatusCode::INTERNAL_SERVER_ERROR, "other_instance", hint)
            }
        }
    }
}

impl From<GitlabError> for Problem {
    fn from(error: GitlabError) -> Self {
        let bad_gateway = |reason, hint| Self::upstream(StatusCode::BAD_GATEWAY, reason, hint);
        match error {
            GitlabError::Timeout => {
                let hint = "The instance did not answer in time.";
                Self::upstream(StatusCode::GATEWAY_TIMEOUT, "instance_timeout", hint)
            }
            GitlabError::RateLimited { retry_after } => {
                let hint = "The instance limits the rate of requests.";
                let problem = Self::upstream(StatusCode::TOO_MANY_REQUESTS, "instance_rate_limited", hint);
                Self { retry_after: retry_after.map(|wait| wait.as_secs()), ..problem }
            }
            GitlabError::Unreachable { .. } => {
                bad_gateway("instance_unreachable", "The instance cannot be reached.")
            }
            GitlabError::Tls { .. } => {
                bad_gateway("instance_tls", "The instance's certificate is not trusted.")
            }
            GitlabError::Refused { .. } => bad_gateway(
                "credential_refused",
                "The instance refused the connection's credential: connect again.",
            ),
            GitlabError::Unexpected { .. } | GitlabError::Malformed { .. } => {
                bad_gateway("instance_answer", "The instance's answer makes no sense.")
            }
        }
    }
}
