//! Webhooks and their deliveries.

use std::time::Duration;

use async_trait::async_trait;
use narrowgate_secret::Sealed;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::changes::{Entry, append};
use super::values::{join, split};
use super::{SqliteBackend, Write, deliveries};
use crate::changes::{Entity, Operation};
use crate::error::StoreError;
use crate::ids::{DeliveryId, TenantId, WebhookId};
use crate::time::Timestamp;
use crate::webhooks::{Delivery, NewWebhook, StreamedMessage, Webhook, WebhookRepository};

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select id, tenant_id, url, secret_key_id, secret, events, created_at from webhooks where ",
            $condition
        )
    };
}

#[async_trait]
impl WebhookRepository for SqliteBackend {
    async fn lookup(&self, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
        let row: Option<WebhookRow> =
            query_as(select!("id = $1")).bind(id.0).fetch_optional(&self.readers).await?;
        Ok(row.map(WebhookRow::webhook))
    }

    async fn list(&self, tenant: TenantId) -> Result<Vec<Webhook>, StoreError> {
        let rows: Vec<WebhookRow> =
            query_as(select!("tenant_id = $1 order by id")).bind(tenant.0).fetch_all(&self.readers).await?;
        Ok(rows.into_iter().map(WebhookRow::webhook).collect())
    }

    async fn add(&self, new: &NewWebhook) -> Result<Webhook, StoreError> {
        let at = self.clock.now();
        let mut write = self.begin().await?;
        let id = insert(&mut write, new, at).await?;
        let sequence = append(&mut write, &[entry(id, Operation::Created)], at).await?;
        self.commit(write, sequence).await?;
        Ok(Webhook {
            id,
            tenant: new.tenant,
            url: new.url.clone(),
            secret: new.secret.clone(),
            events: new.events.clone(),
            created_at: at,
        })
    }

    async fn update(&self, before: &Webhook, after: &NewWebhook, at: Timestamp) -> Result<bool, StoreError> {
        let mut write = self.begin().await?;
        let updated = query(
            "update webhooks set url = $2, secret_key_id = $3, secret = $4, events = $5
             where id = $1 and tenant_id = $6 and url = $7 and secret = $8 and events = $9",
        )
        .bind(before.id.0)
        .bind(&after.url)
        .bind(&after.secret.key_id)
        .bind(&after.secret.bytes)
        .bind(join(&after.events)?)
        .bind(after.tenant.0)
        .bind(&before.url)
        .bind(&before.secret.bytes)
        .bind(join(&before.events)?)
        .execute(write.connection()?)
        .await?;
        if updated.rows_affected() == 0 {
            return Ok(false);
        }
        let sequence = append(&mut write, &[entry(before.id, Operation::Updated)], at).await?;
        self.commit(write, sequence).await?;
        Ok(true)
    }

    async fn remove(&self, id: WebhookId, at: Timestamp) -> Result<bool, StoreError> {
        let mut write = self.begin().await?;
        query("delete from deliveries where webhook_id = $1").bind(id.0).execute(write.connection()?).await?;
        let removed =
            query("delete from webhooks where id = $1").bind(id.0).execute(write.connection()?).await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        let sequence = append(&mut write, &[entry(id, Operation::Removed)], at).await?;
        self.commit(write, sequence).await?;
        Ok(true)
    }

    async fn enqueue(
        &self,
        tenant: TenantId,
        event: &str,
        body: &str,
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        let mut write = self.begin().await?;
        let hearers = hearing(&of_tenant(&mut write, tenant).await?, event);
        deliveries::insert(&mut write, &hearers, event, body, at).await?;
        write.commit().await?;
        Ok(u32::try_from(hearers.len()).unwrap_or(u32::MAX))
    }

    async fn streamed(&self, tenant: TenantId) -> Result<i64, StoreError> {
        let place: Option<i64> = query_scalar("select streamed_audit_id from tenants where id = $1")
            .bind(tenant.0)
            .fetch_optional(&self.readers)
            .await?;
        Ok(place.unwrap_or_default())
    }

    async fn advance_stream(
        &self,
        tenant: TenantId,
        from: i64,
        to: i64,
        messages: &[StreamedMessage],
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut write = self.begin().await?;
        let moved =
            query("update tenants set streamed_audit_id = $3 where id = $1 and streamed_audit_id = $2")
                .bind(tenant.0)
                .bind(from)
                .bind(to)
                .execute(write.connection()?)
                .await?;
        if moved.rows_affected() == 0 {
            return Ok(false);
        }
        let webhooks = of_tenant(&mut write, tenant).await?;
        for StreamedMessage { event, body } in messages {
            deliveries::insert(&mut write, &hearing(&webhooks, event), event, body, at).await?;
        }
        write.commit().await?;
        Ok(true)
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let mut write = self.begin().await?;
        let claimed = deliveries::claim(&mut write, now, lease, limit).await?;
        write.commit().await?;
        Ok(claimed)
    }

    async fn delivered(&self, id: DeliveryId) -> Result<(), StoreError> {
        let mut write = self.begin().await?;
        deliveries::delivered(&mut write, id).await?;
        write.commit().await
    }

    async fn failed(&self, id: DeliveryId, error: &str, next: Option<Timestamp>) -> Result<(), StoreError> {
        let mut write = self.begin().await?;
        deliveries::failed(&mut write, id, error, next).await?;
        write.commit().await
    }

    async fn deliveries(&self, webhook: WebhookId, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        deliveries::of_webhook(&self.readers, webhook, limit).await
    }

    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut write = self.begin().await?;
        let removed = deliveries::forget(&mut write, before).await?;
        write.commit().await?;
        Ok(removed)
    }
}

async fn of_tenant(write: &mut Write, tenant: TenantId) -> Result<Vec<Webhook>, StoreError> {
    let rows: Vec<WebhookRow> =
        query_as(select!("tenant_id = $1 order by id")).bind(tenant.0).fetch_all(write.connection()?).await?;
    Ok(rows.into_iter().map(WebhookRow::webhook).collect())
}

fn hearing(webhooks: &[Webhook], event: &str) -> Vec<WebhookId> {
    webhooks.iter().filter(|webhook| webhook.hears(event)).map(|webhook| webhook.id).collect()
}

const fn entry(id: WebhookId, operation: Operation) -> Entry {
    Entry { entity: Entity::Webhook, entity_id: id.0, operation }
}

async fn insert(write: &mut Write, new: &NewWebhook, at: Timestamp) -> Result<WebhookId, StoreError> {
    let id: i64 = query_scalar("update heads set webhook_id = webhook_id + 1 returning webhook_id")
        .fetch_one(write.connection()?)
        .await?;
    query(
        "insert into webhooks (id, tenant_id, url, secret_key_id, secret, events, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id)
    .bind(new.tenant.0)
    .bind(&new.url)
    .bind(&new.secret.key_id)
    .bind(new.secret.bytes.as_slice())
    .bind(join(&new.events)?)
    .bind(at.0)
    .execute(write.connection()?)
    .await?;
    Ok(WebhookId(id))
}

#[derive(FromRow)]
struct WebhookRow {
    id: i64,
    tenant_id: i64,
    url: String,
    secret_key_id: String,
    secret: Vec<u8>,
    events: String,
    created_at: i64,
}

impl WebhookRow {
    fn webhook(self) -> Webhook {
        Webhook {
            id: WebhookId(self.id),
            tenant: TenantId(self.tenant_id),
            url: self.url,
            secret: Sealed { key_id: self.secret_key_id, bytes: self.secret },
            events: split(&self.events),
            created_at: Timestamp(self.created_at),
        }
    }
}
