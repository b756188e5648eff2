//! Warns of tokens that will expire.

use narrowgate_store::StoreError;
use narrowgate_store::audit::AuditEvent;
use narrowgate_store::time::Date;
use narrowgate_store::tokens::Token;
use serde_json::json;

use super::mail::Warning;
use super::worker::{Memory, Report, Worker};

/// How many warnings of one kind a tick gives; the next tick goes on.
const BATCH: u32 = 500;

/// Gives each warning once. A token of which several are due at once, such as one that lives for three days only, gets the
/// most urgent alone.
pub(super) async fn warn(
    worker: &Worker,
    memory: &mut Memory,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut days = worker.config.warn_days.clone();
    days.sort_unstable();
    days.dedup();
    let today = worker.store.now().date();
    for (at, ahead) in days.iter().enumerate() {
        let tokens = worker.store.tokens().expiring(today, *ahead, BATCH).await?;
        for token in tokens {
            if !worker.store.tokens().mark_warned(token.id, *ahead, worker.store.now()).await? {
                // Another node was faster.
                continue;
            }
            for earlier in days.iter().skip(at + 1) {
                worker.store.tokens().mark_warned(token.id, *earlier, worker.store.now()).await?;
            }
            give(worker, memory, &token, *ahead, today).await?;
            report.warnings += 1;
        }
    }
    Ok(())
}

/// Records the warning, which takes it to the webhooks, and puts it into the mailbox.
async fn give(
    worker: &Worker,
    memory: &mut Memory,
    token: &Token,
    ahead: u32,
    today: Date,
) -> Result<(), StoreError> {
    let Some(day) = token.expires_at else { return Ok(()) };
    let now = worker.store.now();
    let days_left = (day.midnight().0 - today.midnight().0) / 86_400_000_000;
    let event = AuditEvent {
        connection: Some(token.connection),
        token: Some(token.id),
        details: json!({
            "name": token.name,
            "kind": token.kind.as_str(),
            "owner_id": token.user_id,
            "expires_at": day,
            "days_ahead": ahead,
            "days_left": days_left,
        }),
        ..AuditEvent::new(token.tenant, now, "token.expiring")
    };
    worker.store.audit().append(&[event]).await?;
    if worker.mailer.is_some() {
        let to = address(worker, token).await?;
        let token_name = token.name.clone();
        memory.mailbox.add(Warning { to, token: token.id, token_name, expires_at: day, days_left }, now);
    }
    Ok(())
}

/// The owner's mail address, where the instance tells it.
async fn address(worker: &Worker, token: &Token) -> Result<Option<String>, StoreError> {
    let Some(owner) = worker.store.connections().lookup(token.connection).await? else { return Ok(None) };
    let user = worker.containers.get_json(&owner, "/user").await;
    let user = user.unwrap_or_else(|error| {
        tracing::debug!(connection.id = owner.id.0, %error, "The mail address of an owner is unknown");
        None
    });
    let address = user.as_ref().and_then(|user| user.get("email")).and_then(serde_json::Value::as_str);
    Ok(address.filter(|address| !address.is_empty()).map(str::to_owned))
}
