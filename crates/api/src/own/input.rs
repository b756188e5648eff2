//! Reads bodies, queries and numbers in paths.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Query as AxumQuery, Request};
use http::StatusCode;
use http::Uri;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// The most bytes of a body.
const LARGEST_BODY: usize = 1024 * 1024;
/// Parameters that carry a credential, which the gate has read.
const CREDENTIALS: [&str; 3] = ["private_token", "access_token", "job_token"];

/// A body of JSON.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts) {
            let detail = "the body must be `application/json`";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
        }
        let bytes = to_bytes(body, LARGEST_BODY).await.map_err(|_| {
            let detail = format!("the body is larger than {LARGEST_BODY} bytes, or broke off");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let detail = format!("the body cannot be read: {error}");
            if error.is_data() { Problem::invalid(detail) } else { Problem::unreadable(detail) }
        })
    }
}

fn is_json(parts: &Parts) -> bool {
    let media_type =
        parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// The query, without credentials.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .filter(|(name, value)| !CREDENTIALS.contains(&name.as_ref()) && !value.is_empty());
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let uri = format!("/?{query}").parse::<Uri>();
        let uri = uri.map_err(|_| Problem::unreadable("the query cannot be read"))?;
        let read = AxumQuery::try_from_uri(&uri);
        read.map(|AxumQuery(query)| Self(query))
            .map_err(|error| Problem::unreadable(format!("the query cannot be read: {}", error.body_text())))
    }
}

/// A number in a path: GitLab's and Narrowgate's ids are positive and fit into 63 bits.
pub(super) fn number(text: &str, name: &str) -> Result<i64, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse::<i64>().ok().filter(|number| digits && *number > 0);
    number.ok_or_else(|| Problem::unreadable(format!("{name} is no positive number")))
}
