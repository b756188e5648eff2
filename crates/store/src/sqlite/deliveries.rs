//! Messages on their way to webhooks.

use std::time::Duration;

use sqlx::{Executor, FromRow, Sqlite, query, query_as, query_scalar};

use super::Write;
use super::values::member;
use crate::error::StoreError;
use crate::ids::{DeliveryId, WebhookId};
use crate::time::Timestamp;
use crate::webhooks::{Delivery, DeliveryState};

/// One delivery for each webhook, due at once.
pub(super) async fn insert(
    write: &mut Write,
    webhooks: &[WebhookId],
    event: &str,
    body: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    for webhook in webhooks {
        let id: i64 = query_scalar("update heads set delivery_id = delivery_id + 1 returning delivery_id")
            .fetch_one(write.connection()?)
            .await?;
        query(
            "insert into deliveries (id, webhook_id, event, body, attempt, state, next_attempt_at, created_at)
             values ($1, $2, $3, $4, 0, 'pending', $5, $5)",
        )
        .bind(id)
        .bind(webhook.0)
        .bind(event)
        .bind(body)
        .bind(at.0)
        .execute(write.connection()?)
        .await?;
    }
    Ok(())
}

pub(super) async fn claim(
    write: &mut Write,
    now: Timestamp,
    lease: Duration,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let rows: Vec<DeliveryRow> = query_as(
        "update deliveries set attempt = attempt + 1, next_attempt_at = $2
         where id in (
            select id from deliveries where state = 'pending' and next_attempt_at <= $1
            order by next_attempt_at, id limit $3
         )
         returning id, webhook_id, event, body, attempt, state, next_attempt_at, last_error, created_at",
    )
    .bind(now.0)
    .bind((now + lease).0)
    .bind(i64::from(limit))
    .fetch_all(write.connection()?)
    .await?;
    let mut claimed = rows.into_iter().map(DeliveryRow::delivery).collect::<Result<Vec<_>, _>>()?;
    claimed.sort_by_key(|delivery| delivery.id);
    Ok(claimed)
}

pub(super) async fn delivered(write: &mut Write, id: DeliveryId) -> Result<(), StoreError> {
    query("update deliveries set state = 'delivered', last_error = null where id = $1")
        .bind(id.0)
        .execute(write.connection()?)
        .await?;
    Ok(())
}

pub(super) async fn failed(
    write: &mut Write,
    id: DeliveryId,
    error: &str,
    next: Option<Timestamp>,
) -> Result<(), StoreError> {
    let state = if next.is_some() { DeliveryState::Pending } else { DeliveryState::Failed };
    query(
        "update deliveries set state = $2, last_error = $3, next_attempt_at = coalesce($4, next_attempt_at)
         where id = $1",
    )
    .bind(id.0)
    .bind(state.as_str())
    .bind(error)
    .bind(next.map(|at| at.0))
    .execute(write.connection()?)
    .await?;
    Ok(())
}

pub(super) async fn of_webhook(
    database: impl Executor<'_, Database = Sqlite>,
    webhook: WebhookId,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let rows: Vec<DeliveryRow> = query_as(
        "select id, webhook_id, event, body, attempt, state, next_attempt_at, last_error, created_at
         from deliveries where webhook_id = $1 order by id desc limit $2",
    )
    .bind(webhook.0)
    .bind(i64::from(limit))
    .fetch_all(database)
    .await?;
    rows.into_iter().map(DeliveryRow::delivery).collect()
}

pub(super) async fn forget(write: &mut Write, before: Timestamp) -> Result<u64, StoreError> {
    let removed = query("delete from deliveries where state <> 'pending' and created_at < $1")
        .bind(before.0)
        .execute(write.connection()?)
        .await?;
    Ok(removed.rows_affected())
}

#[derive(FromRow)]
struct DeliveryRow {
    id: i64,
    webhook_id: i64,
    event: String,
    body: String,
    attempt: i64,
    state: String,
    next_attempt_at: i64,
    last_error: Option<String>,
    created_at: i64,
}

impl DeliveryRow {
    fn delivery(self) -> Result<Delivery, StoreError> {
        Ok(Delivery {
            id: DeliveryId(self.id),
            webhook: WebhookId(self.webhook_id),
            event: self.event,
            body: self.body,
            attempt: u32::try_from(self.attempt).unwrap_or(u32::MAX),
            state: member(DeliveryState::parse, &self.state)?,
            next_attempt_at: Timestamp(self.next_attempt_at),
            last_error: self.last_error,
            created_at: Timestamp(self.created_at),
        })
    }
}
