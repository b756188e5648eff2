//! An answer, and what tests say about it.

use bytes::Bytes;
use hyper::HeaderMap;
use serde_json::Value;

/// An answer that has arrived in full.
#[derive(Debug)]
pub struct Reply {
    /// What was asked: method and target, for messages.
    pub asked: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: not JSON ({error}): {}", self.asked, self.text()))
    }

    /// One header's text; empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The status, and the body when it is one that needs explaining.
    pub fn summary(&self) -> String {
        format!("{} -> {} {}", self.asked, self.status, self.text().chars().take(600).collect::<String>())
    }

    /// Fails the test unless the status is `status`.
    #[track_caller]
    pub fn assert_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.summary());
        self
    }

    /// Fails the test unless the answer is a success.
    #[track_caller]
    pub fn assert_ok(self) -> Self {
        assert!((200..300).contains(&self.status), "{}", self.summary());
        self
    }

    /// Fails the test unless the gate refused for want of `permission` (`read_job`).
    #[track_caller]
    pub fn assert_denied(self, permission: &str) -> Self {
        assert_eq!(self.status, 403, "{}", self.summary());
        let body = self.json();
        assert_eq!(body["error"], "insufficient_granular_scope", "{}", self.summary());
        assert!(self.names_permission(permission), "`{permission}` is not named: {}", self.summary());
        self
    }

    /// Fails the test unless the gate answered as if there were nothing.
    #[track_caller]
    pub fn assert_hidden(self) -> Self {
        assert_eq!(self.status, 404, "{}", self.summary());
        assert_eq!(self.json()["message"], "404 Not Found", "{}", self.summary());
        self
    }

    /// Fails the test unless Narrowgate's own detail gives `reason` (`revoked`, `ambiguous`, …).
    #[track_caller]
    pub fn assert_reason(self, reason: &str) -> Self {
        assert_eq!(self.reason(), reason, "{}", self.summary());
        self
    }

    /// The reason in Narrowgate's own detail; empty when the answer is not the gate's.
    pub fn reason(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body["narrowgate"]["reason"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether a refusal names `permission` among those that are missing.
    pub fn names_permission(&self, permission: &str) -> bool {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body["narrowgate"]["permissions"]
            .as_array()
            .is_some_and(|names| names.iter().any(|name| name == permission))
    }
}
