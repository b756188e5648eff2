//! Reads what an answer means.

use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::GitlabError;

/// A whole answer, of any status but 429.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "error")]
    _code: String,
}

impl Answer {
    /// The value of a 200; everything else is an error.
    pub(super) fn required<T: DeserializeOwned>(self) -> Result<T, GitlabError> {
        self.optional()?.ok_or(GitlabError::Unexpected { status: 404 })
    }

    /// The value of a 200, or none for a 404.
    pub(super) fn optional<T: DeserializeOwned>(self) -> Result<Option<T>, GitlabError> {
        match self.status {
            StatusCode::OK => self.parse().map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(GitlabError::Refused { status: self.status.as_u16() })
            }
            status => Err(GitlabError::Unexpected { status: status.as_u16() }),
        }
    }

    /// Whether GitLab keeps this one thing from the user (a 403 with a `message`), rather than refusing a credential
    /// with too few scopes (a 403 with an `error`).
    pub(super) fn is_kept_from_user(&self) -> bool {
        self.status == StatusCode::FORBIDDEN && serde_json::from_slice::<Refusal>(&self.body).is_err()
    }

    /// Depth is bounded by the parser, which stops at 128 levels.
    fn parse<T: DeserializeOwned>(self) -> Result<T, GitlabError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            // The parser's full text may quote the body; its category and place do not.
            GitlabError::malformed(format!("{:?} error in line {}", error.classify(), error.line()))
        })
    }
}
