//! Checks connections, and revokes the tokens of those that are lost.

use std::time::Duration;

use narrowgate_store::audit::AuditEvent;
use narrowgate_store::connections::Connection;
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::{Revocation, RevocationReason, TokenFilter};
use narrowgate_store::{StoreError, TenantId, TokenId};
use serde_json::json;

use super::probe::Probed;
use super::worker::{Memory, Report, Worker, doubled, later};

const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// What is remembered of a connection's checks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checked {
    next: Timestamp,
    /// What the instance said last, and how many times in a row.
    said: Probed,
    times: u32,
    /// When the connection was last changed: a new credential begins anew.
    of: Timestamp,
}

/// Checks the connections whose time has come.
pub(super) async fn check(
    worker: &Worker,
    memory: &mut Memory,
    tenant: TenantId,
    report: &mut Report,
) -> Result<(), StoreError> {
    let connections = worker.store.connections().list(tenant).await?;
    for connection in connections {
        let now = worker.store.now();
        let before = memory.checks.get(&connection.id).copied();
        // Changes of health change the connection too; a check that is later than the change has seen it.
        let before = before.filter(|checked| checked.of >= connection.updated_at);
        if before.is_some_and(|checked| checked.next > now) {
            continue;
        }
        let said = worker.probe.probe(&connection).await;
        report.checked += 1;
        let times = before
            .filter(|checked| checked.said == said)
            .map_or(1, |checked| checked.times.saturating_add(1));
        let next = later(now, pause(worker, said, times));
        memory.checks.insert(connection.id, Checked { next, said, times, of: now });
        note(worker, &connection, said).await?;
        if said.is_lost() && times >= worker.config.confirmations {
            report.lost += revoke(worker, &connection, said).await?;
        }
    }
    Ok(())
}

fn pause(worker: &Worker, said: Probed, times: u32) -> Duration {
    match said {
        Probed::Healthy => worker.config.check_every,
        _ => doubled(worker.config.check_again, times, LONGEST_PAUSE),
    }
}

async fn note(worker: &Worker, connection: &Connection, said: Probed) -> Result<(), StoreError> {
    let (health, now) = (said.health(), worker.store.now());
    if connection.health == health
        || !worker.store.connections().set_health(connection.id, health, now).await?
    {
        return Ok(());
    }
    tracing::warn!(
        connection.id = connection.id.0,
        health = health.as_str(),
        "The health of a connection changed"
    );
    let event = AuditEvent {
        connection: Some(connection.id),
        user_id: Some(connection.user_id),
        details: json!({ "before": connection.health.as_str(), "after": health.as_str() }),
        ..AuditEvent::new(connection.tenant, now, "connection.health_changed")
    };
    worker.store.audit().append(&[event]).await
}

async fn revoke(worker: &Worker, connection: &Connection, said: Probed) -> Result<usize, StoreError> {
    let reason = match said {
        Probed::Blocked => RevocationReason::OwnerBlocked,
        _ => RevocationReason::ConnectionLost,
    };
    let filter = TokenFilter {
        connection: Some(connection.id),
        revoked: Some(false),
        ..TokenFilter::all(connection.tenant)
    };
    revoke_all(worker, &filter, reason).await
}

/// Revokes tokens, and records each.
pub(super) async fn revoke_all(
    worker: &Worker,
    filter: &TokenFilter,
    reason: RevocationReason,
) -> Result<usize, StoreError> {
    let now = worker.store.now();
    let revoked = worker.store.tokens().revoke_many(filter, Revocation { at: now, reason }).await?;
    if !revoked.is_empty() {
        let event = |id: &TokenId| AuditEvent {
            token: Some(*id),
            connection: filter.connection,
            details: json!({ "reason": reason.as_str() }),
            ..AuditEvent::new(filter.tenant, now, "token.revoked")
        };
        worker.store.audit().append(&revoked.iter().map(event).collect::<Vec<_>>()).await?;
        tracing::warn!(count = revoked.len(), reason = reason.as_str(), "Tokens were revoked");
    }
    Ok(revoked.len())
}
