//! Takes the events of the audit log to the webhooks that hear of them.

use narrowgate_store::audit::RecordedEvent;
use narrowgate_store::webhooks::StreamedMessage;
use narrowgate_store::{StoreError, TenantId};
use serde_json::json;

use super::worker::{Report, Worker};
use crate::own::EventView;

const BATCH: u32 = 200;
/// How many batches a tick takes; the next tick goes on.
const MOST_BATCHES: usize = 20;

/// Moves on through the log. The place is kept in the store and moves with the messages in one transaction: each event goes
/// out once, however many nodes there are and whenever one stops.
pub(super) async fn follow(worker: &Worker, tenant: TenantId, report: &mut Report) -> Result<(), StoreError> {
    let webhooks = worker.store.webhooks();
    for _ in 0..MOST_BATCHES {
        let from = webhooks.streamed(tenant).await?;
        let events = worker.store.audit().since(tenant, from, BATCH).await?;
        let Some(last) = events.last() else { return Ok(()) };
        let messages: Vec<_> = events.iter().map(message).collect();
        if !webhooks.advance_stream(tenant, from, last.id, &messages, worker.store.now()).await? {
            // Another node was faster.
            return Ok(());
        }
        report.streamed += messages.len();
    }
    Ok(())
}

fn message(recorded: &RecordedEvent) -> StreamedMessage {
    let event = &recorded.event;
    let body = json!({ "event": event.action, "at": event.at, "data": EventView::of(recorded) });
    StreamedMessage { event: event.action.clone(), body: body.to_string() }
}
