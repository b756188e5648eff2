//! What came back.

use narrowgate_policy::Reason;
use serde_json::Value;

/// What came back for a request, or for what a client made of it.
#[derive(Debug)]
pub(super) struct Reply {
    /// The HTTP status.
    pub(super) status: u16,
    /// The body, where it is JSON.
    pub(super) body: Value,
}

impl Reply {
    /// Narrowgate's reason for a refusal.
    pub(super) fn reason(&self) -> Option<Reason> {
        self.body.pointer("/narrowgate/reason").and_then(Value::as_str).and_then(Reason::parse)
    }

    /// What happened, in words.
    pub(super) fn why(&self) -> String {
        let told =
            ["error_description", "message", "error"].iter().find_map(|key| self.body.get(key)?.as_str());
        match (self.reason(), told, &self.body) {
            (Some(reason), Some(told), _) => format!("{reason}: {told}"),
            (Some(reason), None, _) => format!("{reason}: {}", reason.sentence()),
            (None, Some(told), _) => told.to_owned(),
            (None, None, Value::Array(items)) => {
                let titles = items.iter().filter_map(|item| item.get("title")?.as_str());
                titles.map(|title| format!("“{title}”")).collect::<Vec<_>>().join(", ")
            }
            (None, None, _) => "done".to_owned(),
        }
    }
}
