//! Follows the store's change log, so that memory can be trusted.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use narrowgate_store::changes::{Change, Entity};
use narrowgate_store::{ConnectionId, Sequence, StoreError, TokenId};
use tokio::sync::Mutex;

use crate::core::Core;

/// How many changes are read at a time.
const BATCH: u32 = 1000;
/// "Never followed".
const NEVER: u64 = u64::MAX;

/// How far the log was followed, and when.
pub(crate) struct Follower {
    base: Instant,
    /// Microseconds after `base` at which the log is known to have been read to its end.
    followed_at: AtomicU64,
    position: AtomicI64,
    turn: Mutex<()>,
}

impl Follower {
    pub(crate) fn new() -> Self {
        Self {
            base: now(),
            followed_at: AtomicU64::new(NEVER),
            position: AtomicI64::new(0),
            turn: Mutex::new(()),
        }
    }

    /// Whether the log was read to its end within `limit`.
    pub(crate) fn is_fresh(&self, limit: Duration) -> bool {
        let followed_at = self.followed_at.load(Ordering::Acquire);
        followed_at != NEVER && self.elapsed() <= followed_at.saturating_add(micros(limit))
    }

    fn elapsed(&self) -> u64 {
        micros(self.base.elapsed())
    }
}

/// Reads the log to its end and forgets what changed.
///
/// # Errors
///
/// When the store can't be asked; memory then counts as stale after a while.
pub(crate) async fn catch_up(core: &Core) -> Result<(), StoreError> {
    let follower = &core.follower;
    let _turn = follower.turn.lock().await;
    let begun = follower.elapsed();
    if follower.followed_at.load(Ordering::Acquire) == NEVER {
        start(core).await?;
    }
    loop {
        let position = Sequence(follower.position.load(Ordering::Acquire));
        let changes = core.store.changes().since(position, BATCH).await?;
        for change in &changes {
            apply(core, change);
            follower.position.store(change.sequence.0, Ordering::Release);
        }
        if changes.len() < BATCH as usize {
            break;
        }
    }
    follower.followed_at.store(begun, Ordering::Release);
    Ok(())
}

/// Memory is empty at the start: what happened before the log's end need not be read.
async fn start(core: &Core) -> Result<(), StoreError> {
    let head = core.store.changes().head().await?;
    core.tokens.clear();
    core.rules.forget_policies();
    core.rules.forget_allowlists();
    core.follower.position.store(head.0, Ordering::Release);
    Ok(())
}

fn apply(core: &Core, change: &Change) {
    match change.entity {
        Entity::Token => core.tokens.forget_token(TokenId(change.entity_id)),
        Entity::Connection => {
            core.tokens.forget_connection(ConnectionId(change.entity_id));
            core.natives.clear();
            core.jobs.clear();
            core.directory.invalidate(change.entity_id);
        }
        Entity::Policy => core.rules.forget_policies(),
        Entity::Allowlist => core.rules.forget_allowlists(),
        Entity::Webhook => {}
    }
}

/// Follows until it is dropped.
pub(crate) async fn follow(core: &Core) {
    let mut changed = core.store.changes().watch();
    let mut was_well = true;
    loop {
        let outcome = catch_up(core).await;
        if let (Err(error), true) = (&outcome, was_well) {
            tracing::error!(error = %error, "the change log can't be followed: tokens are looked up one by one");
        }
        was_well = outcome.is_ok();
        let pause = tokio::time::sleep(core.config.poll_interval);
        tokio::select! {
            () = pause => {}
            Ok(()) = changed.changed() => {}
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn now() -> Instant {
    Instant::now()
}
