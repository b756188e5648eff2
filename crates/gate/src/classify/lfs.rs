//! An LFS batch: its body says whether it downloads or uploads.

use narrowgate_catalog::RepositoryService;
use serde::Deserialize;

use super::json_keys::KeyScanner;
use super::names::Forbidden;
use crate::receive::Violation;

#[derive(Deserialize)]
struct Batch {
    operation: String,
}

/// The service that a batch asks for.
///
/// # Errors
///
/// A body that is no batch, or names two operations.
pub(crate) fn service(body: &[u8]) -> Result<RepositoryService, Violation> {
    let mut scanner = KeyScanner::new(Forbidden::default());
    scanner.feed(body)?;
    scanner.finish()?;
    let batch: Batch = serde_json::from_slice(body).map_err(|_| Violation::InvalidBody)?;
    match batch.operation.as_str() {
        "download" => Ok(RepositoryService::LfsDownload),
        "upload" => Ok(RepositoryService::LfsUpload),
        _ => Err(Violation::InvalidBody),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_decides() {
        use RepositoryService::*;
        for (body, expected) in [
            (r#"{"operation":"download","objects":[]}"#, Ok(LfsDownload)),
            (r#"{"operation":"upload"}"#, Ok(LfsUpload)),
            (r#"{"operation":"delete"}"#, Err(Violation::InvalidBody)),
            (r#"{"operation":"download","operation":"upload"}"#, Err(Violation::RepeatedKey)),
            (r#"{"operation":"download","\u006fperation":"upload"}"#, Err(Violation::RepeatedKey)),
            (r#"{}"#, Err(Violation::InvalidBody)),
            ("", Err(Violation::InvalidBody)),
        ] {
            assert_eq!(service(body.as_bytes()), expected, "{body}");
        }
    }
}
