//! Errors in the form of RFC 9457.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use narrowgate_gitlab::GitlabError;
use narrowgate_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::authority::AuthorityError;
use crate::containers::ContainersError;
use crate::own::explain::ExplainerError;
use crate::request_id::Nameless;

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// `urn:narrowgate:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// A word for programs.
    code: &'static str,
    /// A sentence for people.
    detail: String,
    /// Permissions that the caller lacks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    permissions: Vec<String>,
    /// The request's id, as in the header `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// A response that says what went wrong. Its text is for the client; causes go to the log.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    permissions: Vec<String>,
    retry_after: Option<u64>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), permissions: Vec::new(), retry_after: None }
    }

    /// A request that cannot be read.
    pub(crate) fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", detail)
    }

    /// A request that can be read and makes no sense.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("no such {what}"))
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail)
    }

    pub(crate) fn too_many(seconds: u64) -> Self {
        let problem =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "too many requests: try again later");
        Self { retry_after: Some(seconds), ..problem }
    }

    fn behind(status: StatusCode, code: &'static str, detail: &str) -> Self {
        Self::new(status, code, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: format!("urn:narrowgate:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            code: self.code,
            detail: self.detail,
            permissions: self.permissions,
            request_id: None,
        };
        // The body is made of texts and a number, which always have a JSON form.
        let body = serde_json::to_value(&body).unwrap_or_default();
        let mut response = (self.status, body.to_string()).into_response();
        response.extensions_mut().insert(Nameless { body, place: "" });
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<AuthorityError> for Problem {
    fn from(error: AuthorityError) -> Self {
        match error {
            AuthorityError::Escalation { text, missing } => {
                let problem = Self::new(StatusCode::FORBIDDEN, "escalation", text);
                Self { permissions: missing, ..problem }
            }
            AuthorityError::AdministratorsOnly => Self::forbidden("this needs an administrator"),
            AuthorityError::NotYours => Self::not_found("token"),
            AuthorityError::NotFound { what } => Self::not_found(what),
            AuthorityError::Store(error) => error.into(),
            AuthorityError::Containers(error) => error.into(),
            other => Self::invalid(other.to_string()),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "The store failed");
        match error {
            StoreError::Unavailable(..) => {
                let detail = "the store does not answer; nothing was changed: try again";
                Self::behind(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail)
            }
            StoreError::Conflict(..) => Self::conflict("the change breaks a rule of the data"),
            _ => {
                let detail = "the store failed; the request id leads to the cause in the log";
                Self::behind(StatusCode::INTERNAL_SERVER_ERROR, "store_failed", detail)
            }
        }
    }
}

impl From<ExplainerError> for Problem {
    fn from(error: ExplainerError) -> Self {
        match error {
            ExplainerError::Document(detail) => Self::invalid(detail),
            ExplainerError::Instance(detail) => {
                Self::behind(StatusCode::BAD_GATEWAY, "instance_failed", detail)
            }
            ExplainerError::Store(error) => error.into(),
            ExplainerError::Nobody => {
                let detail = "no gate is there to answer";
                Self::behind(StatusCode::SERVICE_UNAVAILABLE, "no_gate", detail)
            }
        }
    }
}

impl From<ContainersError> for Problem {
    fn from(error: ContainersError) -> Self {
        tracing::warn!(%error, "The instance could not be asked");
        match error {
            ContainersError::Instance(GitlabError::Timeout) => Self::behind(
                StatusCode::GATEWAY_TIMEOUT,
                "instance_timeout",
                "the instance did not answer in time",
            ),
            ContainersError::Instance(GitlabError::RateLimited { retry_after }) => {
                Self::too_many(retry_after.map_or(60, |wait| wait.as_secs()))
            }
            ContainersError::Instance(_) => Self::behind(
                StatusCode::BAD_GATEWAY,
                "instance_failed",
                "the instance did not answer as it should",
            ),
            _ => {
                let detail = "the connection's credential cannot be used: connect the user again";
                Self::behind(StatusCode::BAD_GATEWAY, "credential_unusable", detail)
            }
        }
    }
}
