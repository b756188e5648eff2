//! What can go wrong between Narrowgate and an instance.

use std::time::Duration;

/// A question to the instance that got no usable answer. Texts never carry a credential.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitlabError {
    /// No connection, or one that broke before the answer was whole.
    #[error("the instance is unreachable: {reason}")]
    Unreachable {
        /// The transport's own words.
        reason: String,
    },
    /// No whole answer within the configured time.
    #[error("the instance did not answer in time")]
    Timeout,
    /// The TLS handshake failed, or the certificate is not trusted.
    #[error("TLS with the instance failed: {reason}")]
    Tls {
        /// The TLS library's own words.
        reason: String,
    },
    /// The instance no longer accepts the connection's credential.
    #[error("the instance refused the connection's credential with status {status}")]
    Refused {
        /// 401 or 403.
        status: u16,
    },
    /// The instance asks to come back later.
    #[error("the instance limits the rate of requests")]
    RateLimited {
        /// How long to wait, where the instance said so.
        retry_after: Option<Duration>,
    },
    /// A status that the question does not allow for.
    #[error("the instance answered with status {status}")]
    Unexpected {
        /// The status as received.
        status: u16,
    },
    /// An answer that could not be read, or that lacks what the question asks for.
    #[error("the instance's answer is malformed: {what}")]
    Malformed {
        /// Which part, in words.
        what: String,
    },
}

impl GitlabError {
    pub(crate) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed { what: what.into() }
    }
}
