//! Why something isn't shown or done, as the caller decided it.

use serde_json::{Map, Value};

/// A refusal, ready to be written into an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// GitLab's text.
    pub message: Box<str>,
    /// What stands under `extensions.narrowgate`: reason, permissions, boundary where the owner may see it.
    pub detail: Map<String, Value>,
}
