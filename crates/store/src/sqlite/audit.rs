//! The audit log: appended to, listed and verified.

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, query_as, query_as_with, query_scalar, query_scalar_with};

use super::SqliteBackend;
use super::conditions::Conditions;
use super::values::signed_option;
use crate::audit::{AuditEvent, AuditFilter, AuditHead, AuditRepository, RecordedEvent, Verification};
use crate::error::StoreError;
use crate::ids::TenantId;
use crate::page::{Page, Paged};

mod chain;
mod row;
mod verify;

pub(super) use chain::chain_older;
use row::EventRow;

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
        let mut head = chain::head(write.connection()?).await?.hash;
        for (id, event) in (last - count + 1..).zip(events) {
            head = chain::insert(&mut write, EventRow::new(id, event)?, head).await?;
        }
        chain::set_head(&mut write, head).await?;
        write.commit().await
    }

    async fn list(&self, filter: &AuditFilter, page: Page) -> Result<Paged<RecordedEvent>, StoreError> {
        let mut conditions = conditions(filter)?;
        let count = format!("select count(*) from audit_events {}", conditions.clause());
        let total: i64 =
            query_scalar_with(AssertSqlSafe(count), conditions.arguments()?).fetch_one(&self.readers).await?;
        let limit = conditions.bind(i64::from(page.limit));
        let offset = conditions.bind(i64::from(page.offset));
        let text =
            format!("{} {} order by id desc limit {limit} offset {offset}", row::SELECT, conditions.clause());
        let rows: Vec<EventRow> =
            query_as_with(AssertSqlSafe(text), conditions.arguments()?).fetch_all(&self.readers).await?;
        let items = rows.into_iter().map(EventRow::recorded).collect::<Result<_, _>>()?;
        Ok(Paged { items, total: Some(total.unsigned_abs()) })
    }

    async fn since(&self, tenant: TenantId, id: i64, limit: u32) -> Result<Vec<RecordedEvent>, StoreError> {
        let text = format!("{} where tenant_id = $1 and id > $2 order by id limit $3", row::SELECT);
        let rows: Vec<EventRow> = query_as(AssertSqlSafe(text))
            .bind(tenant.0)
            .bind(id)
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(EventRow::recorded).collect()
    }

    async fn head(&self) -> Result<AuditHead, StoreError> {
        chain::head(&self.readers).await
    }

    async fn verify(&self, kept: Option<AuditHead>) -> Result<Verification, StoreError> {
        self.verify_audit(kept).await
    }
}

fn conditions(filter: &AuditFilter) -> Result<Conditions, StoreError> {
    let mut all = Conditions::default();
    all.compare("tenant_id = ?", filter.tenant.0);
    all.compare_some("token_id = ?", filter.token.map(|id| id.0));
    all.compare_some("action = ?", filter.action.clone());
    all.compare_some("at >= ?", filter.after.map(|at| at.0));
    all.compare_some("at <= ?", filter.before.map(|at| at.0));
    all.compare_some("user_id = ?", signed_option(filter.user_id)?);
    Ok(all)
}
