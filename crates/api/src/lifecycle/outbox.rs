//! Delivers what waits in the outbox.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use narrowgate_store::webhooks::{Delivery, Webhook};
use narrowgate_store::{StoreError, WebhookId};

use super::message::Message;
use super::worker::{Memory, Report, Worker, doubled, later};

const BATCH: u32 = 100;
const AT_ONCE: usize = 8;
/// Longer than any attempt takes: what a node that stopped had claimed is due again then.
const LEASE: Duration = Duration::from_secs(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3600);
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Makes one attempt at each delivery whose time has come.
pub(super) async fn deliver(worker: &Worker, report: &mut Report) -> Result<(), StoreError> {
    let webhooks = worker.store.webhooks();
    let claimed = webhooks.claim(worker.store.now(), LEASE, BATCH).await?;
    let mut receivers: HashMap<WebhookId, Option<Webhook>> = HashMap::new();
    for delivery in &claimed {
        if let Entry::Vacant(vacant) = receivers.entry(delivery.webhook) {
            vacant.insert(webhooks.lookup(delivery.webhook).await?);
        }
    }
    // No closure may be held over an await: such a future can't be spawned.
    let mut due = Vec::with_capacity(claimed.len());
    for delivery in &claimed {
        if let Some(Some(webhook)) = receivers.get(&delivery.webhook) {
            due.push(async move { (delivery, attempt(worker, webhook, delivery).await) });
        }
    }
    let mut attempts = stream::iter(due).buffer_unordered(AT_ONCE);
    while let Some((delivery, outcome)) = attempts.next().await {
        note(worker, delivery, outcome, report).await?;
    }
    Ok(())
}

/// How an attempt failed.
struct Failure {
    error: String,
    /// Whether the receiver wants no message any more.
    is_final: bool,
}

async fn attempt(worker: &Worker, webhook: &Webhook, delivery: &Delivery) -> Result<(), Failure> {
    let failure = |error: String| Failure { error, is_final: false };
    let id = delivery.id.to_string();
    let body = delivery.body.clone();
    let message = Message::sign(&worker.keys, webhook, &id, &delivery.event, body, worker.store.now());
    let message = message.map_err(|error| failure(error.to_string()))?;
    match worker.sender.send(&message).await {
        Ok(200..=299) => Ok(()),
        Ok(status) => Err(Failure { error: format!("status {status}"), is_final: status == 410 }),
        Err(error) => Err(failure(error.to_string())),
    }
}

async fn note(
    worker: &Worker,
    delivery: &Delivery,
    outcome: Result<(), Failure>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let webhooks = worker.store.webhooks();
    let Err(failure) = outcome else {
        report.delivered += 1;
        return webhooks.delivered(delivery.id).await;
    };
    report.failed += 1;
    let is_over = failure.is_final || delivery.attempt >= worker.config.most_attempts;
    let pause = doubled(worker.config.retry_after, delivery.attempt, LONGEST_PAUSE);
    let next = (!is_over).then(|| later(worker.store.now(), pause));
    if is_over {
        tracing::warn!(
            delivery.id = delivery.id.0,
            error = failure.error,
            "A message to a webhook was given up"
        );
    }
    webhooks.failed(delivery.id, &failure.error, next).await
}

/// Forgets old deliveries, once a day.
pub(super) async fn clean(worker: &Worker, memory: &mut Memory) -> Result<(), StoreError> {
    let now = worker.store.now();
    if memory.cleaned_on == Some(now.date()) {
        return Ok(());
    }
    let age = i64::from(worker.config.keep_deliveries_days).saturating_mul(MICROS_PER_DAY);
    worker
        .store
        .webhooks()
        .forget_deliveries(narrowgate_store::time::Timestamp(now.0.saturating_sub(age)))
        .await?;
    memory.cleaned_on = Some(now.date());
    Ok(())
}
