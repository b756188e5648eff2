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
            let changed = text.map(|text| replace(text, core.config.instance.as_str(), &base));
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
    let rest = text.strip_prefix(core.config.instance.as_str())?;
    let is_whole = rest.is_empty() || rest.starts_with(['/', '?']);
    let base = public.base(core).filter(|_| is_whole)?;
    Some(format!("{base}{rest}"))
}

/// Replaces `from` where a URL's host and prefix end after it.
fn replace(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, found) = rest.split_at(at);
        let after = found.strip_prefix(from).unwrap_or_default();
        out.push_str(before);
        let is_whole = after.is_empty() || after.starts_with(['/', '?', '>', '#', '"']);
        out.push_str(if is_whole { to } else { from });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_urls_of_the_instance_are_replaced() {
        let from = "https://gitlab.example.com";
        for (before, after) in [
            (
                "<https://gitlab.example.com/api/v4/projects?page=2>; rel=\"next\", <https://gitlab.example.com/a>; rel=\"first\"",
                "<http://gate/api/v4/projects?page=2>; rel=\"next\", <http://gate/a>; rel=\"first\"",
            ),
            ("https://gitlab.example.com", "http://gate"),
            ("https://gitlab.example.com.evil/a", "https://gitlab.example.com.evil/a"),
            ("https://gitlab.example.com:8443/a", "https://gitlab.example.com:8443/a"),
            ("/relative", "/relative"),
        ] {
            assert_eq!(replace(before, from, "http://gate"), after);
        }
    }
}
