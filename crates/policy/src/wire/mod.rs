//! Denials as GitLab would put them on the wire, so that existing clients understand them.
//!
//! Narrowgate's own detail stands under a further key `narrowgate`, or on a further line for Git.

mod answer;
mod detail;
mod git;
mod lfs;
mod registry;
mod rest;
mod text;

use narrowgate_catalog::{Catalog, Surface};

use crate::Denial;
use answer::Answer;
use detail::Detail;
pub use text::{fine_grained_disabled, fine_grained_unsupported, permissions_required, ref_not_allowed};

/// A refusal, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// `WWW-Authenticate`, if the client is to be challenged.
    pub www_authenticate: Option<&'static str>,
    /// The body.
    pub body: String,
}

/// Renders a denial for the interface that the request came in on.
#[must_use]
pub fn render(denial: &Denial, surface: Surface, catalog: &Catalog, request_id: &str) -> Refusal {
    let answer = Answer::to(denial, catalog);
    let detail = Detail::of(denial, catalog, request_id);
    match surface {
        Surface::Rest | Surface::Scim | Surface::Narrowgate => rest::render(&answer, &detail),
        Surface::Git => git::render(&answer, &detail),
        Surface::Lfs => lfs::render(&answer, &detail),
        Surface::Registry => registry::render(&answer, &detail),
    }
}

/// What GitLab says to the denial, in one sentence, as in a GraphQL error entry.
#[must_use]
pub fn message(denial: &Denial, catalog: &Catalog) -> String {
    Answer::to(denial, catalog).message().into_owned()
}

/// Narrowgate's detail beside that sentence, as in `extensions.narrowgate` of a GraphQL error entry.
#[must_use]
pub fn detail(
    denial: &Denial,
    catalog: &Catalog,
    request_id: &str,
) -> serde_json::Map<String, serde_json::Value> {
    match serde_json::to_value(Detail::of(denial, catalog, request_id)) {
        Ok(serde_json::Value::Object(detail)) => detail,
        _ => serde_json::Map::new(),
    }
}

fn to_json(body: &impl serde::Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}
