//! The instance's answer, and the one that the client gets.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::body::ResponseBody;
use crate::refusal::{Failure, Refusal};

/// The answers to so many documents.
///
/// # Errors
///
/// An answer that doesn't hold them.
pub(super) fn apart(body: &[u8], count: usize) -> Result<Vec<&str>, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| Failure::Unreadable)?;
    match count {
        0 => Ok(Vec::new()),
        1 => Ok(vec![text]),
        count => {
            let answers: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| Failure::Unreadable)?;
            if answers.len() != count {
                return Err(Failure::Unreadable.into());
            }
            Ok(answers.into_iter().map(RawValue::get).collect())
        }
    }
}

/// The answers to a batch as one.
pub(super) fn together(answers: &[Vec<u8>]) -> Vec<u8> {
    let joined = answers.join(&b","[..]);
    [&b"["[..], &joined, b"]"].concat()
}

/// What GitLab says when it answers without having looked at the documents.
#[derive(Deserialize)]
struct Complaint {
    message: Option<String>,
    error: Option<String>,
    #[serde(default)]
    errors: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    message: String,
}

/// An answer that isn't about the documents, such as one to too many requests: the status, and of the body nothing but
/// GitLab's own words for it.
pub(crate) fn in_short(status: StatusCode, body: &[u8]) -> Bytes {
    let told = serde_json::from_slice::<Complaint>(body).ok().and_then(|complaint| {
        let first = complaint.errors.into_iter().next().map(|entry| entry.message);
        first.or(complaint.message).or(complaint.error)
    });
    let title = status.canonical_reason().unwrap_or("Error");
    let message = told.unwrap_or_else(|| format!("{} {title}", status.as_u16()));
    let body: Value = json!({ "errors": [{ "message": message }] });
    body.to_string().into()
}

/// The response with another body.
pub(crate) fn with_body(status: StatusCode, mut headers: HeaderMap, body: Bytes) -> Response<ResponseBody> {
    // They tell of another body.
    headers.remove(ETAG);
    headers.remove(LAST_MODIFIED);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    let mut response = Response::new(ResponseBody::Whole(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
