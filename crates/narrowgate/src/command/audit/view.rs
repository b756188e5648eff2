//! How an event is printed.

use narrowgate_store::audit::RecordedEvent;
use serde_json::{Value, json};

/// An event as one JSON object: the form of exports, which other programs read.
pub(super) fn to_json(recorded: &RecordedEvent) -> Value {
    let event = &recorded.event;
    json!({
        "id": recorded.id,
        "at": event.at,
        "action": event.action,
        "actor": event.actor.as_str(),
        "user_id": event.user_id,
        "connection_id": event.connection.map(|id| id.0),
        "token_id": event.token.map(|id| id.0),
        "digest_prefix": event.digest_prefix,
        "address": event.address,
        "request_id": event.request_id,
        "details": event.details,
        "hash": recorded.hash.to_string(),
    })
}

/// An event as one line with tabs: id, time, action, actor, user, token, address, details.
pub(super) fn to_line(recorded: &RecordedEvent) -> String {
    let event = &recorded.event;
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let details = if event.details.is_null() { "-".to_owned() } else { event.details.to_string() };
    [
        recorded.id.to_string(),
        event.at.to_string(),
        event.action.clone(),
        event.actor.as_str().to_owned(),
        or_dash(event.user_id.map(|id| id.to_string())),
        or_dash(event.token.map(|id| id.to_string())),
        or_dash(event.address.map(|address| address.to_string())),
        details,
    ]
    .join("\t")
}
