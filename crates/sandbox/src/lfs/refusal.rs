//! Refusals as LFS clients read them.

use ::http::{HeaderValue, StatusCode, header};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::git::{Refusal, sign_in};
use crate::http::ApiError;

/// Why an LFS request was not served.
#[derive(Debug)]
pub(super) enum LfsError {
    Refused(Refusal),
    Status(StatusCode, &'static str),
    Failed(std::io::Error),
}

impl From<std::io::Error> for LfsError {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error)
    }
}

impl LfsError {
    pub(super) fn render(&self, forge: &Forge) -> Response {
        match self {
            Self::Refused(Refusal::SignIn) => sign_in(forge),
            Self::Refused(Refusal::NotFound) => message(StatusCode::NOT_FOUND, "Not found."),
            Self::Refused(Refusal::Forbidden(_)) => {
                message(StatusCode::FORBIDDEN, "Access forbidden. Check your access level.")
            }
            Self::Status(status, text) => message(*status, text),
            Self::Failed(error) => ApiError::internal(error).into_response(),
        }
    }
}

fn message(status: StatusCode, text: &str) -> Response {
    answer(status, &json!({ "message": text, "documentation_url": null }))
}

/// A JSON answer of the LFS protocol.
pub(super) fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/vnd.git-lfs+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
