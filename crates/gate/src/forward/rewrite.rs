//! Keeps clients at the gate: URLs of the instance become the gate's.

use http::header::{HOST, LINK, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Response};

use crate::body::ResponseBody;
use crate::core::Core;
use crate::serve::Client;

/// Where the client reached the gate.
pub(super) struct Public {
    scheme: &'static str,
    host: Option<HeaderValue>,
}

impl Public {
    pub(super) fn of(client: &Client, headers: &HeaderMap) -> Self {
        Self { scheme: client.scheme(), host: headers.get(HOST).cloned() }
    }

    /// The URL that the operator set, else the one that was asked; without a slash at its end.
    fn base(&self, core: &Core) -> Option<String> {
        if let Some(url) = &core.config.public_url {
            return Some(url.as_str().trim_end_matches('/').to_owned());
        }
        let host = self.host.as_ref()?.to_str().ok()?;
        Some(format!("{}://{host}", self.scheme))
    }
}

/// Rewrites the headers that clients follow.
pub(super) fn headers(core: &Core, response: &mut Response<ResponseBody>, public: &Public) {
    for name in [LINK, LOCATION] {
        if response.headers().contains_key(&name) {
            header(core, response.headers_mut(), &name, public);
        }
    }
}

fn header(core: &Core, headers: &mut HeaderMap, name: &HeaderName, public: &Public) {
    let Some(base) = public.base(core) else { return };
    let values: Vec<HeaderValue> = headers
        .get_all(name)
        .iter()
        .map(|value| {
            let text = value.to_str().ok();
            let changed = text.map(|text| replace(text, || core.config.instance_urls(), &base));
            changed.and_then(|text| HeaderValue::try_from(text).ok()).unwrap_or_else(|| value.clone())
        })
        .collect();
    headers.remove(name);
    for value in values {
        headers.append(name, value);
    }
}

/// One URL: the gate's if it was the instance's.
pub(super) fn url(core: &Core, text: &str, public: &Public) -> Option<String> {
    let whole = |rest: &&str| rest.is_empty() || rest.starts_with(['/', '?']);
    let rest = core.config.instance_urls().find_map(|url| text.strip_prefix(url).filter(whole))?;
    Some(format!("{}{rest}", public.base(core)?))
}

/// Replaces each of `urls` where a URL's host and prefix end after it. What was put in is not looked at again.
fn replace<'u, I: Iterator<Item = &'u str>>(text: &str, urls: impl Fn() -> I, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, url)) = first(rest, urls()) {
        let (before, found) = rest.split_at(at);
        let after = found.strip_prefix(url).unwrap_or_default();
        out.push_str(before);
        out.push_str(to);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Where the first of `urls` stands in the text, and which one it is.
fn first<'u>(text: &str, urls: impl Iterator<Item = &'u str>) -> Option<(usize, &'u str)> {
    urls.filter_map(|url| Some((whole(text, url)?, url)))
        .min_by_key(|(at, url)| (*at, usize::MAX - url.len()))
}

fn whole(text: &str, url: &str) -> Option<usize> {
    text.match_indices(url).map(|(at, _)| at).find(|at| {
        let after = text.get(at + url.len()..).unwrap_or_default();
        after.is_empty() || after.starts_with(['/', '?', '>', '#', '"'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_urls_of_the_instance_are_replaced() {
        let urls = || ["https://gitlab.example.com", "http://10.0.0.7:8181/gitlab"].into_iter();
        for (before, after) in [
            (
                "<https://gitlab.example.com/api/v4/projects?page=2>; rel=\"next\", <https://gitlab.example.com/a>; rel=\"first\"",
                "<http://gate/api/v4/projects?page=2>; rel=\"next\", <http://gate/a>; rel=\"first\"",
            ),
            ("https://gitlab.example.com", "http://gate"),
            ("https://gitlab.example.com.evil/a", "https://gitlab.example.com.evil/a"),
            ("https://gitlab.example.com:8443/a", "https://gitlab.example.com:8443/a"),
            ("/relative", "/relative"),
            (
                "<http://10.0.0.7:8181/gitlab/a>, <https://gitlab.example.com/b>, <http://10.0.0.7:8181/other>",
                "<http://gate/a>, <http://gate/b>, <http://10.0.0.7:8181/other>",
            ),
        ] {
            assert_eq!(replace(before, urls, "http://gate"), after);
        }
    }
}
