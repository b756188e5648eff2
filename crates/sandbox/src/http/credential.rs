//! Where a request may carry a credential.

use ::http::{HeaderMap, header, request::Parts};
use base64::Engine as _;
use secrecy::SecretString;

/// Query parameters that carry a credential.
const PARAMETERS: [&str; 3] = ["private_token", "access_token", "job_token"];

/// Headers that carry nothing but a credential.
const HEADERS: [&str; 4] = ["private-token", "job-token", "deploy-token", "cookie"];

/// A credential with the name of the place where it stood.
pub(crate) struct Presented {
    pub(crate) carrier: String,
    pub(crate) secret: SecretString,
}

/// Every credential of a request, in the order in which the forge looks at them.
pub(crate) fn presented(parts: &Parts) -> Vec<Presented> {
    let mut found = in_query(parts.uri.query().unwrap_or_default());
    for name in HEADERS {
        let values = parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        found.extend(values.map(|value| Presented { carrier: title(name), secret: value.into() }));
    }
    found.extend(in_authorization(&parts.headers));
    found
}

fn in_query(query: &str) -> Vec<Presented> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let secret = pairs.filter(|(name, _)| PARAMETERS.contains(&name.as_ref()));
    secret
        .map(|(name, value)| Presented { carrier: format!("query {name}"), secret: value.as_ref().into() })
        .collect()
}

fn in_authorization(headers: &HeaderMap) -> Vec<Presented> {
    let values = headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| value.to_str().ok());
    values.map(|value| read_authorization(value.trim())).collect()
}

fn read_authorization(value: &str) -> Presented {
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Presented { carrier: "Authorization: Bearer".to_owned(), secret: rest.into() };
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let secret = basic_password(rest).unwrap_or_default();
        return Presented { carrier: "Authorization: Basic".to_owned(), secret: secret.into() };
    }
    Presented { carrier: "Authorization".to_owned(), secret: rest.into() }
}

fn basic_password(encoded: &str) -> Option<String> {
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
}

/// `private-token` → `PRIVATE-TOKEN`, as GitLab's documentation writes such headers.
fn title(name: &str) -> String {
    if name == "cookie" { "Cookie".to_owned() } else { name.to_ascii_uppercase() }
}

/// A query with the values of credential parameters taken out.
pub(crate) fn redact(query: &str) -> String {
    let parts = query.split('&').map(|part| match part.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}=[redacted]"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("&")
}

fn is_secret(name: &str) -> bool {
    let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    decoded.contains("token") || decoded.contains("secret") || decoded.contains("password")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_leave_the_query() {
        assert_eq!(redact("page=2&private_token=abc&x"), "page=2&private_token=[redacted]&x");
        assert_eq!(redact("private%5Ftoken=abc"), "private%5Ftoken=[redacted]");
    }

    #[test]
    fn basic_carries_the_password() {
        let presented = read_authorization("Basic bWFyaWE6c2VjcmV0");
        assert_eq!(presented.carrier, "Authorization: Basic");
        assert_eq!(secrecy::ExposeSecret::expose_secret(&presented.secret), "secret");
    }
}
