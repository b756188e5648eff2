//! Pagination by offset and by keyset: parameters in, `X-*` and `Link` headers out.

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
#[derive(Clone, Debug)]
pub(crate) struct PageRequest {
    number: u32,
    size: u32,
    /// Where to go on, in keyset pagination; empty for the first page.
    cursor: Option<String>,
}

/// One page of a list.
pub(crate) struct Listing<'a, T> {
    /// How long the whole list is; none where nobody counted that far.
    pub(crate) total: Option<u64>,
    /// Where the list goes on, if it does.
    pub(crate) next: Option<String>,
    pub(crate) items: &'a [T],
}

impl PageRequest {
    /// Reads `page` and `per_page`, or `pagination=keyset`, `per_page` and `cursor`.
    pub(crate) fn read(params: &mut Params) -> Self {
        let number = positive(params, "page").unwrap_or(1);
        let size = positive(params, "per_page").unwrap_or(DEFAULT_SIZE).min(MAX_SIZE);
        let kind = |text: &str| match text {
            "keyset" => Some(true),
            "legacy" | "offset" => Some(false),
            _ => None,
        };
        let is_keyset = params.choice("pagination", kind).unwrap_or(false);
        let cursor = params.text("cursor").unwrap_or_default();
        Self { number, size, cursor: is_keyset.then_some(cursor) }
    }

    /// How many items a page holds.
    pub(crate) const fn size(&self) -> u32 {
        self.size
    }

    /// Where to go on, in keyset pagination; empty for the first page.
    pub(crate) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// The part of the list, and one item to see whether it goes on.
    pub(crate) fn one_more(&self) -> Page {
        let Page { offset, limit } = Page::numbered(self.number, self.size);
        Page { offset, limit: limit.saturating_add(1) }
    }

    /// As parameters for the instance.
    pub(crate) fn query(&self) -> String {
        format!("page={}&per_page={}", self.number, self.size)
    }

    /// The page with its headers.
    pub(crate) fn respond<T: Serialize>(
        &self,
        state: &ApiState,
        parts: &Parts,
        listing: &Listing<'_, T>,
    ) -> Response {
        let headers = match self.cursor {
            None => self.offset_headers(state, parts, listing.total, listing.next.is_some()),
            Some(_) => self.keyset_headers(state, parts, listing.next.as_deref()),
        };
        (headers, Json(listing.items)).into_response()
    }

    /// As GitLab, without totals and without the last page where there are too many to count.
    fn offset_headers(
        &self,
        state: &ApiState,
        parts: &Parts,
        total: Option<u64>,
        has_more: bool,
    ) -> HeaderMap {
        let pages = total.map(|total| total.div_ceil(u64::from(self.size)).max(1));
        let number = u64::from(self.number);
        let next = pages.map_or(has_more, |pages| number < pages).then(|| number + 1);
        let previous = (number > 1 && pages.is_none_or(|pages| number <= pages + 1)).then(|| number - 1);
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("x-next-page", Some(next)),
            ("x-page", Some(Some(number))),
            ("x-per-page", Some(Some(self.size.into()))),
            ("x-prev-page", Some(previous)),
            ("x-total", total.map(Some)),
            ("x-total-pages", pages.map(Some)),
        ] {
            let Some(value) = value else { continue };
            let value = value.map_or(HeaderValue::from_static(""), HeaderValue::from);
            headers.insert(HeaderName::from_static(name), value);
        }
        let relations = [("prev", previous), ("next", next), ("first", Some(1)), ("last", pages)];
        let page = |number: u64| ("page", number.to_string());
        let relations = relations.map(|(name, number)| (name, number.map(page)));
        link(&mut headers, links(state, parts, self.size, &relations));
        headers
    }

    fn keyset_headers(&self, state: &ApiState, parts: &Parts, next: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("x-per-page"), HeaderValue::from(self.size));
        if let Some(next) = next {
            let relations = [("next", Some(("cursor", next.to_owned())))];
            link(&mut headers, links(state, parts, self.size, &relations));
        }
        headers
    }
}

fn link(headers: &mut HeaderMap, links: String) {
    if let Ok(links) = HeaderValue::try_from(links) {
        headers.insert(LINK, links);
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

/// The name and value of the parameter that leads to another page.
type Position = (&'static str, String);

fn links(state: &ApiState, parts: &Parts, size: u32, relations: &[(&str, Option<Position>)]) -> String {
    let base = base(state, parts);
    let path = parts.uri.path();
    let mut text = String::new();
    for (relation, position) in relations {
        let Some(position) = position else { continue };
        let comma = if text.is_empty() { "" } else { ", " };
        let query = query(parts, position, size);
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
fn query(parts: &Parts, position: &Position, size: u32) -> String {
    let given = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let mut pairs: Vec<_> = given
        .filter(|(name, _)| {
            !matches!(name.as_ref(), "page" | "per_page" | "cursor") && !CREDENTIALS.contains(&name.as_ref())
        })
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    pairs.push((position.0.to_owned(), position.1.clone()));
    pairs.push(("per_page".to_owned(), size.to_string()));
    pairs.sort();
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
