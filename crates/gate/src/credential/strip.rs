//! Takes away what must not reach the instance.

use http::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue};
use http::uri::PathAndQuery;
use smallvec::SmallVec;

use crate::receive::query::{CREDENTIALS, base_name, decode, pairs};

/// Whether a name is always taken away. A `match` on text costs a few comparisons by length, where a list would be searched
/// for every header of every request.
#[rustfmt::skip]
fn is_listed(name: &str) -> bool {
    matches!(
        name,
        // Credentials and identity.
        "authorization" | "proxy-authorization" | "private-token" | "job-token" | "deploy-token" | "cookie" | "sudo"
        // Hop by hop (RFC 9110, section 7.6.1), and what the connection decides anew.
        | "connection" | "keep-alive" | "proxy-connection" | "te" | "trailer" | "transfer-encoding" | "upgrade"
        | "http2-settings" | "expect" | "host" | "proxy"
        // Who asks, from where, under which name: the gate says that itself.
        | "forwarded" | "via" | "client-ip" | "true-client-ip" | "x-client-ip" | "x-real-ip" | "x-cluster-client-ip"
        | "cf-connecting-ip" | "fastly-client-ip" | "x-request-id"
        // What would make another request of it.
        | "x-http-method" | "x-http-method-override" | "x-method-override" | "x-original-url" | "x-original-uri"
        | "x-rewrite-url"
        // Rack::Sendfile takes these from requests.
        | "x-sendfile-type" | "x-accel-mapping" | "x-csrf-token"
    )
}

/// Headers with these prefixes are between proxies, or between GitLab's own parts.
const PREFIXES: [&str; 3] = ["x-forwarded-", "gitlab-", "x-gitlab-"];

/// Takes every header away that must not reach the instance, but leaves `kept`.
pub(crate) fn headers(headers: &mut HeaderMap, bypass: Option<&HeaderName>, kept: &[HeaderName]) {
    let listed = listed_in_connection(headers);
    take_away(headers, |name| {
        (is_unwanted(name.as_str()) || bypass == Some(name) || listed.contains(name)) && !kept.contains(name)
    });
}

/// Takes hop-by-hop headers and cookies out of a response.
pub(crate) fn response_headers(headers: &mut HeaderMap) {
    let listed = listed_in_connection(headers);
    take_away(headers, |name| is_unwanted_in_response(name.as_str()) || listed.contains(name));
}

fn is_unwanted_in_response(name: &str) -> bool {
    matches!(
        name,
        "connection"
            | "keep-alive"
            | "proxy-connection"
            | "proxy-authenticate"
            | "transfer-encoding"
            | "trailer"
            | "te"
            | "upgrade"
            | "set-cookie"
    )
}

/// Looks at each header once, since few or none of them are to go.
fn take_away(headers: &mut HeaderMap, is_unwanted: impl Fn(&HeaderName) -> bool) {
    let doomed: SmallVec<[HeaderName; 12]> =
        headers.keys().filter(|name| is_unwanted(name)).cloned().collect();
    for name in &doomed {
        headers.remove(name);
    }
}

fn listed_in_connection(headers: &HeaderMap) -> SmallVec<[HeaderName; 2]> {
    let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let names = values.flat_map(|value| value.split(',')).map(str::trim);
    // What frames the body stays, whatever the client says about it.
    names
        .filter(|name| !name.eq_ignore_ascii_case("content-length"))
        .filter_map(|name| HeaderName::try_from(name).ok())
        .collect()
}

/// Servers that follow CGI read `_` in a header's name as `-`: no header with `_` passes.
fn is_unwanted(name: &str) -> bool {
    let has_prefix = || PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    is_listed(name) || has_prefix() || name.contains('_')
}

/// Whether a parameter says who asks.
fn is_identity(name: &str) -> bool {
    name == "sudo" || CREDENTIALS.contains(&name)
}

/// The target without credentials, but for those that stay; `None` when there is nothing to take away.
pub(crate) fn target(target: &PathAndQuery, stays: impl Fn(&str) -> bool) -> Option<PathAndQuery> {
    let query = target.query()?;
    let is_credential = |pair: &(&str, &str)| {
        let name = decode(pair.0);
        name.is_ok_and(|name| is_identity(base_name(&name)) && !stays(base_name(&name)))
    };
    if !pairs(query).any(|pair| is_credential(&pair)) {
        return None;
    }
    let kept: Vec<&str> =
        query.split('&').filter(|pair| !is_credential(&pair.split_once('=').unwrap_or((pair, "")))).collect();
    let path = target.path();
    let text = if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) };
    PathAndQuery::try_from(text).ok()
}

/// Marks a value that no `Debug` may show.
pub(crate) fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwanted_headers_go_and_others_stay() {
        let mut map = HeaderMap::new();
        for name in [
            "authorization",
            "private-token",
            "job-token",
            "cookie",
            "sudo",
            "x-http-method-override",
            "gitlab-bypass-rate-limiting",
            "gitlab-workhorse-api-request",
            "gitlab-shell-api-request",
            "gitlab-kas-api-request",
            "x-gitlab-internal",
            "x-forwarded-for",
            "forwarded",
            "te",
            "x-hop",
            "private_token",
            "x-bypass",
            "x-request-id",
        ] {
            map.insert(HeaderName::from_static(name), HeaderValue::from_static("x"));
        }
        map.insert(CONNECTION, HeaderValue::from_static("close, X-Hop, Content-Length"));
        for name in ["accept", "content-length", "content-type", "git-protocol", "range", "if-none-match"] {
            map.insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
        }
        headers(&mut map, Some(&HeaderName::from_static("x-bypass")), &[]);
        let mut left: Vec<_> = map.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(
            left,
            ["accept", "content-length", "content-type", "git-protocol", "if-none-match", "range"]
        );
    }

    #[test]
    fn credentials_leave_the_query_and_nothing_else_changes() {
        for (before, after) in [
            ("/a?private_token=x", Some("/a")),
            ("/a?b=%2F&private_token=x&c=1+2", Some("/a?b=%2F&c=1+2")),
            ("/a?private%5Ftoken=x&&d", Some("/a?&d")),
            ("/a?b=1&[access_token]=x", Some("/a?b=1")),
            ("/a?b=private_token", None),
            ("/a", None),
        ] {
            let changed = target(&before.parse().unwrap(), |_| false);
            assert_eq!(changed.as_ref().map(PathAndQuery::as_str), after, "{before}");
        }
    }
}
