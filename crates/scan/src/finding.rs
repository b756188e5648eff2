//! What a scan found.

use std::fmt;

use narrowgate_secret::TokenDigest;
use secrecy::{ExposeSecret as _, SecretString};

use crate::kind::{Checksum, Kind};
use crate::origin::{Origin, Position};

/// A token where it should not be.
#[derive(Clone)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// What its checksum says.
    pub checksum: Checksum,
    /// In which text.
    pub origin: Origin,
    /// Where in it.
    pub position: Position,
    /// What it is found by in the store.
    pub digest: TokenDigest,
    pub(crate) text: SecretString,
    pub(crate) prefix: usize,
}

impl Finding {
    /// The whole text.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// The prefix, which is no secret.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.expose().get(..self.prefix).unwrap_or_default()
    }

    /// The first eight hexadecimal digits of the digest, as the audit log has them too.
    #[must_use]
    pub fn digest_prefix(&self) -> String {
        self.digest.as_bytes().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    /// What may be shown: the prefix, and the start of the digest in place of the rest.
    #[must_use]
    pub fn redacted(&self) -> String {
        format!("{}…{}", self.prefix(), self.digest_prefix())
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Finding({} {} {:?})", self.redacted(), self.origin, self.position)
    }
}

/// Something that was not looked at, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// What.
    pub origin: Origin,
    /// Why.
    pub reason: SkipReason,
}

/// Why something was not looked at, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum SkipReason {
    /// The system or the repository gave an error.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// The archive is damaged, or of a kind that is not known.
    #[error("cannot be unpacked: {0}")]
    Packed(String),
    /// Archives lie deeper in archives than the limit.
    #[error("lies too deep in archives")]
    Depth,
    /// The archives of the file have more members than the limit.
    #[error("has too many archive members")]
    Members,
    /// The archives of the file unpack to more than the limit.
    #[error("unpacks to too much")]
    Unpacked,
    /// It is larger than the limit of what is held in memory.
    #[error("is too large ({0} bytes)")]
    Large(u64),
    /// There were more findings than the limit.
    #[error("has more findings than are kept")]
    Findings,
}

/// What a scan found, and what it left out.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The tokens.
    pub findings: Vec<Finding>,
    /// What was not looked at.
    pub skipped: Vec<Skipped>,
    /// How many texts were looked through: files, archive members, objects.
    pub texts: u64,
    /// How many bytes.
    pub bytes: u64,
}

impl Report {
    /// Adds another report's content.
    pub fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.skipped.extend(other.skipped);
        self.texts += other.texts;
        self.bytes += other.bytes;
    }

    /// Puts everything in an order that does not depend on which thread was faster.
    pub(crate) fn sort(&mut self) {
        self.findings.sort_by(|one, other| (&one.origin, one.position).cmp(&(&other.origin, other.position)));
        self.skipped.sort();
    }
}
