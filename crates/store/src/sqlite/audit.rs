//! The audit log.

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, FromRow, query, query_as_with, query_scalar, query_scalar_with};

use super::conditions::Conditions;
use super::values::{address, signed_option, unsigned_option};
use super::{SqliteBackend, Write};
use crate::audit::{AuditEvent, AuditFilter, AuditRepository, RecordedEvent};
use crate::error::StoreError;
use crate::ids::{ConnectionId, TenantId, TokenId};
use crate::page::{Page, Paged};
use crate::time::Timestamp;

#[async_trait]
impl AuditRepository for SqliteBackend {
    async fn append(&self, events: &[AuditEvent]) -> Result<(), StoreError> {
        let count =
            i64::try_from(events.len()).map_err(|_| StoreError::internal("too many events at once"))?;
        let mut write = self.begin().await?;
        let last: i64 =
            query_scalar("update heads set audit_event_id = audit_event_id + $1 returning audit_event_id")
                .bind(count)
                .fetch_one(write.connection()?)
                .await?;
        for (id, event) in (last - count + 1..).zip(events) {
            insert(&mut write, id, event).await?;
        }
        write.commit().await
    }

    async fn list(&self, filter: &AuditFilter, page: Page) -> Result<Paged<RecordedEvent>, StoreError> {
        let mut conditions = conditions(filter);
        let count = format!("select count(*) from audit_events {}", conditions.clause());
        let total: i64 =
            query_scalar_with(AssertSqlSafe(count), conditions.arguments()?).fetch_one(&self.readers).await?;
        let limit = conditions.bind(i64::from(page.limit));
        let offset = conditions.bind(i64::from(page.offset));
        let text = format!(
            "select id, tenant_id, at, action, user_id, connection_id, token_id, address, request_id, details
             from audit_events {} order by id desc limit {limit} offset {offset}",
            conditions.clause()
        );
        let rows: Vec<EventRow> =
            query_as_with(AssertSqlSafe(text), conditions.arguments()?).fetch_all(&self.readers).await?;
        let items = rows.into_iter().map(EventRow::event).collect::<Result<_, _>>()?;
        Ok(Paged { items, total: total.unsigned_abs() })
    }
}

fn conditions(filter: &AuditFilter) -> Conditions {
    let mut all = Conditions::default();
    all.compare("tenant_id = ?", filter.tenant.0);
    all.compare_some("token_id = ?", filter.token.map(|id| id.0));
    all.compare_some("action = ?", filter.action.clone());
    all.compare_some("at >= ?", filter.after.map(|at| at.0));
    all.compare_some("at <= ?", filter.before.map(|at| at.0));
    all
}

async fn insert(write: &mut Write, id: i64, event: &AuditEvent) -> Result<(), StoreError> {
    query(
        "insert into audit_events
            (id, tenant_id, at, action, user_id, connection_id, token_id, address, request_id, details)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id)
    .bind(event.tenant.0)
    .bind(event.at.0)
    .bind(&event.action)
    .bind(signed_option(event.user_id)?)
    .bind(event.connection.map(|id| id.0))
    .bind(event.token.map(|id| id.0))
    .bind(event.address.map(|address| address.to_string()))
    .bind(&event.request_id)
    .bind(event.details.to_string())
    .execute(write.connection()?)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct EventRow {
    id: i64,
    tenant_id: i64,
    at: i64,
    action: String,
    user_id: Option<i64>,
    connection_id: Option<i64>,
    token_id: Option<i64>,
    address: Option<String>,
    request_id: Option<String>,
    details: String,
}

impl EventRow {
    fn event(self) -> Result<RecordedEvent, StoreError> {
        let details = serde_json::from_str(&self.details).map_err(|error| {
            StoreError::Corrupt("an event's details are no JSON".to_owned(), Some(Box::new(error)))
        })?;
        let event = AuditEvent {
            tenant: TenantId(self.tenant_id),
            at: Timestamp(self.at),
            action: self.action,
            user_id: unsigned_option(self.user_id)?,
            connection: self.connection_id.map(ConnectionId),
            token: self.token_id.map(TokenId),
            address: self.address.as_deref().map(address).transpose()?,
            request_id: self.request_id,
            details,
        };
        Ok(RecordedEvent { id: self.id, event })
    }
}
