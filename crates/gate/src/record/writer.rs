//! Writes uses and audit events in the background, in batches.

use std::sync::Mutex;
use std::time::Duration;

use narrowgate_store::audit::AuditEvent;
use narrowgate_store::tokens::TokenUse;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::metrics::dropped;
use crate::core::Core;

/// How many records wait at most.
const QUEUE: usize = 8192;
/// How many are written together.
const BATCH: usize = 512;
/// How long records are gathered.
const GATHER: Duration = Duration::from_millis(200);

/// One thing to write.
enum Record {
    Use(TokenUse),
    Audit(Box<AuditEvent>),
}

/// The queue in front of the store.
pub(crate) struct Recorder {
    queue: Sender<Record>,
    waiting: Mutex<Option<Receiver<Record>>>,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        let (queue, waiting) = channel(QUEUE);
        Self { queue, waiting: Mutex::new(Some(waiting)) }
    }

    pub(super) fn used(&self, token_use: TokenUse) {
        if self.queue.try_send(Record::Use(token_use)).is_err() {
            dropped("use");
        }
    }

    pub(super) fn audit(&self, event: AuditEvent) {
        if self.queue.try_send(Record::Audit(Box::new(event))).is_err() {
            dropped("audit");
            tracing::error!("an audit event was dropped: the store is too slow");
        }
    }
}

/// Writes what is queued until `end` is ready, and then what is left. Of several calls the first does it.
pub(crate) async fn write(core: &Core, end: impl Future<Output = ()>) {
    let receiver = core.recorder.waiting.lock().ok().and_then(|mut waiting| waiting.take());
    let Some(mut receiver) = receiver else { return };
    let mut end = std::pin::pin!(end);
    let mut batch = Vec::new();
    loop {
        tokio::select! {
            _ = receiver.recv_many(&mut batch, BATCH) => {}
            () = end.as_mut() => break,
        }
        flush(core, &mut batch).await;
        tokio::select! {
            () = tokio::time::sleep(GATHER) => {}
            () = end.as_mut() => break,
        }
    }
    while let Ok(record) = receiver.try_recv() {
        batch.push(record);
    }
    flush(core, &mut batch).await;
    if let Ok(mut waiting) = core.recorder.waiting.lock() {
        *waiting = Some(receiver);
    }
}

async fn flush(core: &Core, batch: &mut Vec<Record>) {
    let mut uses = Vec::new();
    let mut events = Vec::new();
    for record in batch.drain(..) {
        match record {
            Record::Use(token_use) => uses.push(token_use),
            Record::Audit(event) => events.push(*event),
        }
    }
    if !uses.is_empty()
        && let Err(error) = core.store.tokens().record_use(&uses).await
    {
        tracing::error!(error = %error, count = uses.len(), "the use of tokens could not be recorded");
    }
    if !events.is_empty()
        && let Err(error) = core.store.audit().append(&events).await
    {
        tracing::error!(error = %error, count = events.len(), "audit events could not be recorded");
    }
}
