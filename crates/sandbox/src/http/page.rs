//! Offset pagination with GitLab's headers.

use ::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use super::error::json;
use super::params::Params;

const MAX_PER_PAGE: usize = 100;

/// The part of a listing that was asked for.
struct Page {
    number: usize,
    size: usize,
    total: usize,
}

impl Page {
    fn new(params: &Params, total: usize) -> Self {
        let read =
            |name| params.number(name).and_then(|number| usize::try_from(number).ok()).filter(|it| *it > 0);
        let size = read("per_page").unwrap_or(20).min(MAX_PER_PAGE);
        Self { number: read("page").unwrap_or(1), size, total }
    }

    fn count(&self) -> usize {
        self.total.div_ceil(self.size).max(1)
    }

    fn next(&self) -> Option<usize> {
        (self.number < self.count()).then(|| self.number + 1)
    }

    fn previous(&self) -> Option<usize> {
        (self.number > 1).then(|| self.number - 1)
    }

    fn headers(&self) -> [(&'static str, String); 6] {
        let number = |page: Option<usize>| page.map(|page| page.to_string()).unwrap_or_default();
        [
            ("x-next-page", number(self.next())),
            ("x-page", self.number.to_string()),
            ("x-per-page", self.size.to_string()),
            ("x-prev-page", number(self.previous())),
            ("x-total", self.total.to_string()),
            ("x-total-pages", self.count().to_string()),
        ]
    }

    fn links(&self, url: &str, query: &str) -> String {
        let pages = [
            ("prev", self.previous()),
            ("next", self.next()),
            ("first", Some(1)),
            ("last", Some(self.count())),
        ];
        let links = pages.into_iter().filter_map(|(relation, page)| {
            page.map(|page| format!("<{url}?{}>; rel=\"{relation}\"", self.query_of(query, page)))
        });
        links.collect::<Vec<_>>().join(", ")
    }

    fn query_of(&self, query: &str, page: usize) -> String {
        let mut next = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if !matches!(name.as_ref(), "page" | "per_page" | "private_token" | "access_token" | "job_token")
            {
                next.append_pair(&name, &value);
            }
        }
        next.append_pair("page", &page.to_string()).append_pair("per_page", &self.size.to_string()).finish()
    }
}

/// One page of `items` under `url` (absolute, without query).
pub(crate) fn paged(items: Vec<Value>, params: &Params, url: &str, query: &str) -> Response {
    let page = Page::new(params, items.len());
    let start = (page.number - 1).saturating_mul(page.size);
    let part: Vec<Value> = items.into_iter().skip(start).take(page.size).collect();
    let mut response = json(StatusCode::OK, &Value::Array(part));
    for (name, value) in page.headers() {
        insert(&mut response, HeaderName::from_static(name), &value);
    }
    insert(&mut response, header::LINK, &page.links(url, query));
    response
}

/// One page by keyset: items carry a growing or falling `id`; the link says where the next page starts.
pub(crate) fn paged_by_id(items: &[Value], params: &Params, url: &str, query: &str) -> Response {
    let page = Page::new(params, items.len());
    let descending = params.text("sort").as_deref() != Some("asc");
    let edge = if descending { "id_before" } else { "id_after" };
    let part: Vec<Value> = items.iter().take(page.size).cloned().collect();
    let last = part.last().and_then(|item| item.get("id")).and_then(Value::as_u64);
    let more = items.len() > part.len();
    let mut response = json(StatusCode::OK, &Value::Array(part));
    if let Some(last) = last.filter(|_| more) {
        let mut next = form_urlencoded::Serializer::new(String::new());
        let pairs = form_urlencoded::parse(query.as_bytes());
        pairs.filter(|(name, _)| name != edge).for_each(|(name, value)| {
            next.append_pair(&name, &value);
        });
        let query = next.append_pair(edge, &last.to_string()).finish();
        insert(&mut response, header::LINK, &format!("<{url}?{query}>; rel=\"next\""));
    }
    response
}

fn insert(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_query_and_drop_credentials() {
        let params =
            Params::read("page=2&per_page=2&state=opened&private_token=x", &http::HeaderMap::new(), b"")
                .unwrap();
        let items = (1..=5).map(Value::from).collect();
        let response =
            paged(items, &params, "http://forge/api/v4/x", "page=2&per_page=2&state=opened&private_token=x");
        let link = response.headers()["link"].to_str().unwrap();
        assert_eq!(
            link,
            "<http://forge/api/v4/x?state=opened&page=1&per_page=2>; rel=\"prev\", \
             <http://forge/api/v4/x?state=opened&page=3&per_page=2>; rel=\"next\", \
             <http://forge/api/v4/x?state=opened&page=1&per_page=2>; rel=\"first\", \
             <http://forge/api/v4/x?state=opened&page=3&per_page=2>; rel=\"last\""
        );
        assert_eq!(response.headers()["x-total-pages"], "3");
        assert_eq!(response.headers()["x-next-page"], "3");
    }

    #[test]
    fn an_empty_listing_has_one_page() {
        let response = paged(Vec::new(), &Params::default(), "u", "");
        assert_eq!(response.headers()["x-total-pages"], "1");
        assert_eq!(response.headers()["x-next-page"], "");
    }
}
