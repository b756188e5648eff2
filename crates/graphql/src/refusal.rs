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

impl Refusal {
    /// Of what no file of the catalogue names, in GitLab's words for what a fine-grained token never reaches.
    #[must_use]
    pub fn not_covered() -> Self {
        let mut detail = Map::new();
        detail.insert("reason".to_owned(), Value::from("not_covered"));
        Self {
            message: "Access denied: This operation doesn't support fine-grained personal access tokens."
                .into(),
            detail,
        }
    }
}
