//! Looks at a body while it streams, for names that GitLab would read as something the gate decides about.

use super::json_keys::KeyScanner;
use super::multipart::PartScanner;
use crate::receive::Violation;

/// A scanner of one content type.
#[derive(Debug)]
pub(crate) enum Scanner {
    /// `multipart/*`: names of parts.
    Multipart(PartScanner),
    /// JSON: keys of the top level.
    Json(KeyScanner),
}

impl Scanner {
    /// Looks at the next piece.
    ///
    /// # Errors
    ///
    /// What may not pass.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        match self {
            Self::Multipart(scanner) => scanner.feed(bytes),
            Self::Json(scanner) => scanner.feed(bytes),
        }
    }

    /// Looks at the end.
    ///
    /// # Errors
    ///
    /// What may not end here.
    pub(crate) fn finish(&mut self) -> Result<(), Violation> {
        match self {
            Self::Multipart(scanner) => scanner.finish(),
            Self::Json(scanner) => scanner.finish(),
        }
    }
}
