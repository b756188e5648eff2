//! Forms in parts (RFC 7578), which some clients send instead of URL-encoded ones.

use axum::extract::{FromRequest, Multipart, Request};
use serde_json::{Map, Value};

use super::nested;
use super::problem::Problem;

/// More fields than any request has.
const MOST_FIELDS: usize = 1_000;

/// The fields of the form, with nested names as in other forms. The size of the body is bounded by the router.
pub(super) async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Map<String, Value>, Problem> {
    let mut form = Multipart::from_request(request, state).await.map_err(|_| Problem::unreadable())?;
    let mut pairs = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| Problem::unreadable())? {
        // A file is no value of any parameter here.
        if field.file_name().is_some() || pairs.len() >= MOST_FIELDS {
            return Err(Problem::unreadable());
        }
        let name = field.name().ok_or_else(Problem::unreadable)?.to_owned();
        let value = field.text().await.map_err(|_| Problem::unreadable())?;
        pairs.push((name, value));
    }
    nested::gather(pairs.into_iter()).ok_or_else(Problem::unreadable)
}
