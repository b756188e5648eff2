//! The address of an instance.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::error::GitlabError;

const API: &str = "/api/v4";

/// A validated base URL: http or https, a host, perhaps a port and a path prefix, and nothing else.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct InstanceUrl {
    /// Kept without trailing slash, as `https://host:port/prefix`.
    base: String,
    url: Url,
}

/// Why a text is not the address of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseInstanceUrlError {
    /// Not an absolute URL.
    #[error("the instance's URL is not a URL such as `https://gitlab.example.com`")]
    NotAUrl,
    /// Neither `http` nor `https`.
    #[error("the instance's URL must start with `https://` or `http://`")]
    Scheme,
    /// User name or password inside: a credential does not belong in a URL.
    #[error("the instance's URL must not contain a user name or password")]
    Credentials,
    /// A query or a fragment.
    #[error("the instance's URL must not contain `?` or `#`")]
    QueryOrFragment,
    /// A path prefix with empty, dot or encoded segments.
    #[error("the path of the instance's URL must be made of plain segments")]
    Prefix,
}

impl InstanceUrl {
    /// Reads and checks an address; a trailing slash and `/api/v4` at the end are dropped.
    ///
    /// # Errors
    /// What is wrong with the text, in words for the operator.
    pub fn parse(text: &str) -> Result<Self, ParseInstanceUrlError> {
        let trimmed = text.trim();
        let url = Url::parse(trimmed).map_err(|_| ParseInstanceUrlError::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ParseInstanceUrlError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ParseInstanceUrlError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ParseInstanceUrlError::QueryOrFragment);
        }
        let prefix = url.path().trim_end_matches('/');
        let prefix = prefix.strip_suffix(API).unwrap_or(prefix);
        if !is_plain(prefix) || trimmed.contains(['\\', '\t', '\n', '\r']) {
            return Err(ParseInstanceUrlError::Prefix);
        }
        let base = format!("{}{prefix}", url.origin().ascii_serialization());
        let url = Url::parse(&base).map_err(|_| ParseInstanceUrlError::NotAUrl)?;
        Ok(Self { base, url })
    }

    /// The address without trailing slash: `https://gitlab.example.com/prefix`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.base
    }

    /// Scheme, host and port: `https://gitlab.example.com`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The path prefix, empty or as `/gitlab`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// The host as in a `Host` header, with the port unless it is the scheme's own.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether requests go over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The URL of GraphQL.
    ///
    /// # Errors
    /// `Malformed` when there is no such URL.
    pub fn graphql(&self) -> Result<Url, GitlabError> {
        Url::parse(&format!("{}/api/graphql", self.base))
            .map_err(|_| GitlabError::malformed("URL of GraphQL"))
    }

    /// The URL of an API path (raw, below `/api/v4`, perhaps with a query).
    ///
    /// # Errors
    /// `Malformed` when the path would not arrive as written: dot segments, a fragment, characters that need encoding.
    pub fn api(&self, path: &str) -> Result<Url, GitlabError> {
        let joined = format!("{}{API}{path}", self.base);
        let url = Url::parse(&joined).map_err(|_| GitlabError::malformed("path of a look-up"))?;
        if path.starts_with('/') && url.fragment().is_none() && url.as_str() == joined {
            Ok(url)
        } else {
            Err(GitlabError::malformed("path of a look-up"))
        }
    }
}

/// Empty, or segments of characters that mean the same to every parser.
fn is_plain(prefix: &str) -> bool {
    prefix.is_empty() || prefix.split('/').skip(1).all(is_plain_segment)
}

fn is_plain_segment(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..")
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

impl FromStr for InstanceUrl {
    type Err = ParseInstanceUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for InstanceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

impl fmt::Debug for InstanceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InstanceUrl({})", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_addresses_and_drops_what_follows() {
        for (text, base, authority) in [
            ("https://gitlab.example.com", "https://gitlab.example.com", "gitlab.example.com"),
            ("https://gitlab.example.com/", "https://gitlab.example.com", "gitlab.example.com"),
            ("https://GitLab.example.com:443/api/v4/", "https://gitlab.example.com", "gitlab.example.com"),
            ("http://[::1]:8080/git/lab", "http://[::1]:8080/git/lab", "[::1]:8080"),
            (" http://127.0.0.1:80 ", "http://127.0.0.1", "127.0.0.1"),
        ] {
            let url = InstanceUrl::parse(text).expect(text);
            assert_eq!((url.as_str(), url.authority().as_str()), (base, authority), "{text}");
            assert_eq!(format!("{}{}", url.origin(), url.prefix()), base);
        }
    }

    #[test]
    fn refuses_what_is_no_plain_address() {
        use ParseInstanceUrlError as E;
        for (text, error) in [
            ("gitlab.example.com", E::NotAUrl),
            ("", E::NotAUrl),
            ("https://", E::NotAUrl),
            ("ftp://gitlab.example.com", E::Scheme),
            ("file:///etc/passwd", E::Scheme),
            ("https://me@gitlab.example.com", E::Credentials),
            ("https://me:secret@gitlab.example.com", E::Credentials),
            ("https://gitlab.example.com?x", E::QueryOrFragment),
            ("https://gitlab.example.com/#x", E::QueryOrFragment),
            ("https://gitlab.example.com/a%2fb", E::Prefix),
            ("https://gitlab.example.com/a//b", E::Prefix),
            ("https://gitlab.example.com\\a", E::Prefix),
        ] {
            assert_eq!(InstanceUrl::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn joins_only_paths_that_arrive_as_written() {
        let url = InstanceUrl::parse("https://gitlab.example.com/gitlab").expect("valid");
        assert_eq!(
            url.api("/projects/a%2Fb?simple=true").expect("plain").as_str(),
            "https://gitlab.example.com/gitlab/api/v4/projects/a%2Fb?simple=true"
        );
        for path in
            ["projects", "/a/../b", "/a/./b", "/a/%2e%2e/b", "/a b", "/a#b", "/a\\b", "/ä", "@evil.example"]
        {
            assert!(url.api(path).is_err(), "{path}");
        }
    }
}
