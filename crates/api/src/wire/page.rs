//! Offset pagination: parameters in, `X-*` and `Link` headers out.

use std::fmt::Write;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, LINK};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use narrowgate_store::Page;
use serde::Serialize;

use super::params::Params;
use crate::state::ApiState;

const DEFAULT_SIZE: u32 = 20;
const MAX_SIZE: u32 = 100;
/// Parameters that must not come back in a `Link`.
const CREDENTIALS: [&str; 4] = ["private_token", "access_token", "job_token", "token"];

/// Which page of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageRequest {
    number: u32,
    size: u32,
}

impl PageRequest {
    /// Reads `page` and `per_page`.
    pub(crate) fn read(params: &mut Params) -> Self {
        let number = positive(params, "page").unwrap_or(1);
        let size = positive(params, "per_page").unwrap_or(DEFAULT_SIZE).min(MAX_SIZE);
        Self { number, size }
    }

    /// The part of the list.
    pub(crate) fn page(self) -> Page {
        Page::numbered(self.number, self.size)
    }

    /// As parameters for the instance.
    pub(crate) fn query(self) -> String {
        format!("page={}&per_page={}", self.number, self.size)
    }
}

fn positive(params: &mut Params, name: &str) -> Option<u32> {
    let number = params.number(name)?;
    if number == 0 {
        params.complain(format!("{name} does not have a valid value"));
        return None;
    }
    Some(u32::try_from(number).unwrap_or(u32::MAX))
}

/// A page of a list with its headers.
pub(crate) fn paged<T: Serialize>(
    state: &ApiState,
    parts: &Parts,
    page: PageRequest,
    total: u64,
    items: &[T],
) -> Response {
    let pages = total.div_ceil(u64::from(page.size)).max(1);
    let number = u64::from(page.number);
    let next = (number < pages).then(|| number + 1);
    let previous = (number > 1 && number <= pages + 1).then(|| number - 1);
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("x-next-page", next),
        ("x-page", Some(number)),
        ("x-per-page", Some(page.size.into())),
        ("x-prev-page", previous),
        ("x-total", Some(total)),
        ("x-total-pages", Some(pages)),
    ] {
        let value = value.map_or(HeaderValue::from_static(""), HeaderValue::from);
        headers.insert(HeaderName::from_static(name), value);
    }
    let relations = [("prev", previous), ("next", next), ("first", Some(1)), ("last", Some(pages))];
    if let Ok(link) = HeaderValue::try_from(links(state, parts, page.size, &relations)) {
        headers.insert(LINK, link);
    }
    (headers, Json(items)).into_response()
}

fn links(state: &ApiState, parts: &Parts, size: u32, relations: &[(&str, Option<u64>)]) -> String {
    let base = base(state, parts);
    let path = parts.uri.path();
    let mut text = String::new();
    for (relation, number) in relations.iter().filter_map(|(relation, number)| Some((relation, (*number)?))) {
        let comma = if text.is_empty() { "" } else { ", " };
        let query = query(parts, number, size);
        // Writing to a string does not fail.
        let _ = write!(text, "{comma}<{base}{path}?{query}>; rel=\"{relation}\"");
    }
    text
}

/// The gate as the client reached it.
fn base(state: &ApiState, parts: &Parts) -> String {
    if let Some(url) = &state.config.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| parts.uri.authority().map(http::uri::Authority::as_str));
    host.map(|host| format!("http://{host}")).unwrap_or_default()
}

/// The request's own parameters and the page, sorted by name as GitLab does.
fn query(parts: &Parts, number: u64, size: u32) -> String {
    let given = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let mut pairs: Vec<_> = given
        .filter(|(name, _)| {
            !matches!(name.as_ref(), "page" | "per_page") && !CREDENTIALS.contains(&name.as_ref())
        })
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    pairs.push(("page".to_owned(), number.to_string()));
    pairs.push(("per_page".to_owned(), size.to_string()));
    pairs.sort();
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
