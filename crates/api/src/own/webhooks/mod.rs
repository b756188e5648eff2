//! Receivers of signed messages, one file per verb.

pub(super) mod create;
pub(super) mod list;
pub(super) mod remove;
mod secret;
pub(super) mod show;
pub(super) mod test;
pub(super) mod update;
mod url;
mod view;

use narrowgate_store::WebhookId;
use narrowgate_store::webhooks::Webhook;

use super::access;
use super::input::number;
use super::problem::Problem;
use super::state::OwnState;
use crate::caller::Caller;

/// The webhook of a path, for administrators of its tenant.
async fn find(state: &OwnState, caller: &Caller, id: &str) -> Result<Webhook, Problem> {
    access::administrator(caller)?;
    let found = state.store().webhooks().lookup(WebhookId(number(id, "id")?)).await?;
    let mine = found.filter(|webhook| webhook.tenant == caller.connection.tenant);
    mine.ok_or_else(|| Problem::not_found("webhook"))
}

/// Checks the words by which a webhook chooses its events.
fn check_events(events: &[String]) -> Result<(), Problem> {
    let is_word = |text: &str| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.');
        !text.is_empty() && text.len() <= 64 && text.bytes().all(fits)
    };
    let is_event = |text: &String| text == "*" || is_word(text.strip_suffix(".*").unwrap_or(text));
    if events.is_empty() || events.len() > 50 {
        return Err(Problem::invalid("name between 1 and 50 events"));
    }
    match events.iter().find(|text| !is_event(text)) {
        None => Ok(()),
        Some(text) => {
            Err(Problem::invalid(format!("`{text}` names no event: take `token.revoked`, `token.*` or `*`")))
        }
    }
}
