//! The head as hyper has parsed it.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, EXPECT, HOST, HeaderName};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Uri, Version};
use narrowgate_catalog::Method;

use super::{Violation, path, query};
use crate::Limits;

const METHOD_OVERRIDES: [&str; 3] = ["x-http-method-override", "x-http-method", "x-method-override"];

/// Checks everything about a head that does not depend on whose it is.
///
/// # Errors
///
/// The first [`Violation`] found.
pub(crate) fn check(head: &Parts, limits: &Limits) -> Result<Method, Violation> {
    target(&head.uri, head.version, limits)?;
    let method = Method::try_from(head.method.as_str()).map_err(|_| Violation::UnknownMethod)?;
    host(&head.headers, head.uri.authority())?;
    headers(&head.headers, limits)?;
    Ok(method)
}

fn target(uri: &Uri, version: Version, limits: &Limits) -> Result<(), Violation> {
    let is_http2 = version == Version::HTTP_2;
    match uri.authority() {
        Some(_) if !is_http2 => return Err(Violation::AbsoluteForm),
        Some(authority) if authority.as_str().contains('@') => return Err(Violation::AuthorityForm),
        _ => {}
    }
    let target = uri.path_and_query().ok_or(Violation::AuthorityForm)?;
    if target.as_str().len() > limits.target_bytes {
        return Err(Violation::TargetTooLong);
    }
    if target.path() == "*" {
        return Err(Violation::AsteriskForm);
    }
    path::check(target.path())?;
    target.query().map_or(Ok(()), query::check)
}

/// One host, the same wherever it is named.
fn host(headers: &HeaderMap, authority: Option<&Authority>) -> Result<(), Violation> {
    let mut values = headers.get_all(HOST).iter();
    let host = values.next();
    if values.next().is_some() {
        return Err(Violation::HostRepeated);
    }
    match (host, authority) {
        (None, None) => Err(Violation::HostMissing),
        (None, Some(authority)) if is_host(authority.as_str().as_bytes()) => Ok(()),
        (Some(host), Some(authority)) if host.as_bytes() != authority.as_str().as_bytes() => {
            Err(Violation::HostRepeated)
        }
        (Some(host), _) if is_host(host.as_bytes()) => Ok(()),
        _ => Err(Violation::HostInvalid),
    }
}

/// Writes down the host that HTTP/2 names as `:authority`, so that later steps find it in one place.
pub(crate) fn name_host(head: &mut Parts) {
    let authority = head.uri.authority().filter(|_| !head.headers.contains_key(HOST));
    if let Some(Ok(host)) = authority.map(|authority| HeaderValue::try_from(authority.as_str())) {
        head.headers.insert(HOST, host);
    }
}

fn is_host(host: &[u8]) -> bool {
    !host.is_empty() && host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(byte))
}

fn headers(headers: &HeaderMap, limits: &Limits) -> Result<(), Violation> {
    if headers.len() > limits.headers {
        return Err(Violation::HeadTooLarge);
    }
    for name in headers.keys() {
        if is_override(name) {
            return Err(Violation::MethodOverride);
        }
    }
    if headers.get_all(EXPECT).iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
        return Err(Violation::UnknownExpectation);
    }
    for name in [CONTENT_TYPE, CONTENT_ENCODING] {
        if headers.get_all(name).iter().nth(1).is_some() {
            return Err(Violation::RepeatedHeader);
        }
    }
    Ok(())
}

/// Servers that follow CGI read `_` in a header's name as `-`.
fn is_override(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.starts_with('x')
        && METHOD_OVERRIDES.iter().any(|known| {
            known.len() == name.len()
                && known
                    .bytes()
                    .zip(name.bytes())
                    .all(|(known, byte)| known == byte || known == b'-' && byte == b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn verdict(request: http::request::Builder) -> Result<Method, Violation> {
        check(&request.body(()).unwrap().into_parts().0, &Limits::default())
    }

    #[test]
    fn heads_have_one_reading() {
        use Violation::*;
        let get = || Request::builder().uri("/api/v4/projects");
        assert_eq!(verdict(get().header("host", "a")), Ok(Method::Get));
        assert_eq!(verdict(get()), Err(HostMissing));
        assert_eq!(verdict(get().header("host", "a").header("host", "a")), Err(HostRepeated));
        assert_eq!(verdict(get().header("host", "a@b")), Err(HostInvalid));
        assert_eq!(verdict(get().header("host", "")), Err(HostInvalid));
        assert_eq!(verdict(get().header("host", "a").method("OPTIONS")), Err(UnknownMethod));
        assert_eq!(verdict(get().header("host", "a").method("get")), Err(UnknownMethod));
        for name in ["X-HTTP-Method-Override", "X_HTTP_Method_Override", "X-Method-Override"] {
            assert_eq!(verdict(get().header("host", "a").header(name, "PUT")), Err(MethodOverride), "{name}");
        }
        let twice = get().header("host", "a").header("content-type", "a/b").header("content-type", "c/d");
        assert_eq!(verdict(twice), Err(RepeatedHeader));
        let absolute = Request::builder().uri("http://a/api/v4").header("host", "a");
        assert_eq!(verdict(absolute), Err(AbsoluteForm));
        let http2 = |uri: &str| Request::builder().version(Version::HTTP_2).uri(uri);
        assert_eq!(verdict(http2("http://a/api/v4")), Ok(Method::Get));
        assert_eq!(verdict(http2("http://u@a/api/v4")), Err(AuthorityForm));
        assert_eq!(verdict(http2("http://a/api/v4").header("host", "b")), Err(HostRepeated));
        let long = format!("/{}", "a".repeat(20_000));
        assert_eq!(verdict(Request::builder().uri(long).header("host", "a")), Err(TargetTooLong));
    }
}
