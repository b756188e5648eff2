//! Policies.

use async_trait::async_trait;
use sqlx::{FromRow, query, query_as};

use super::SqliteBackend;
use super::changes::{Entry, append};
use super::values::{signed, unsigned};
use crate::changes::{Entity, Operation};
use crate::error::StoreError;
use crate::ids::TenantId;
use crate::policies::{PolicyRepository, PolicyScope, StoredPolicy, TokenPolicy};
use crate::time::Timestamp;

#[async_trait]
impl PolicyRepository for SqliteBackend {
    async fn lookup(&self, scope: &PolicyScope) -> Result<Option<StoredPolicy>, StoreError> {
        let (instance_url, root_group) = columns(scope)?;
        let row: Option<PolicyRow> = query_as(
            "select tenant_id, instance_url, root_group, document, updated_at from policies
             where tenant_id = $1 and instance_url = $2 and root_group = $3",
        )
        .bind(scope.tenant.0)
        .bind(instance_url)
        .bind(root_group)
        .fetch_optional(&self.readers)
        .await?;
        row.map(PolicyRow::policy).transpose()
    }

    async fn list(&self, tenant: TenantId) -> Result<Vec<StoredPolicy>, StoreError> {
        let rows: Vec<PolicyRow> = query_as(
            "select tenant_id, instance_url, root_group, document, updated_at from policies
             where tenant_id = $1 order by instance_url, root_group",
        )
        .bind(tenant.0)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(PolicyRow::policy).collect()
    }

    async fn put(&self, scope: &PolicyScope, policy: &TokenPolicy, at: Timestamp) -> Result<(), StoreError> {
        let (instance_url, root_group) = columns(scope)?;
        let document = serde_json::to_string(policy).map_err(|error| {
            StoreError::Internal("a policy can't be written".to_owned(), Some(Box::new(error)))
        })?;
        let mut write = self.begin().await?;
        query(
            "insert into policies (tenant_id, instance_url, root_group, document, updated_at)
             values ($1, $2, $3, $4, $5)
             on conflict (tenant_id, instance_url, root_group) do update
             set document = excluded.document, updated_at = excluded.updated_at",
        )
        .bind(scope.tenant.0)
        .bind(instance_url)
        .bind(root_group)
        .bind(document)
        .bind(at.0)
        .execute(write.connection()?)
        .await?;
        let sequence = append(&mut write, &[entry(scope, Operation::Updated)], at).await?;
        self.commit(write, sequence).await
    }

    async fn remove(&self, scope: &PolicyScope, at: Timestamp) -> Result<bool, StoreError> {
        let (instance_url, root_group) = columns(scope)?;
        let mut write = self.begin().await?;
        let removed =
            query("delete from policies where tenant_id = $1 and instance_url = $2 and root_group = $3")
                .bind(scope.tenant.0)
                .bind(instance_url)
                .bind(root_group)
                .execute(write.connection()?)
                .await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        let sequence = append(&mut write, &[entry(scope, Operation::Removed)], at).await?;
        self.commit(write, sequence).await?;
        Ok(true)
    }
}

const fn entry(scope: &PolicyScope, operation: Operation) -> Entry {
    Entry { entity: Entity::Policy, entity_id: scope.tenant.0, operation }
}

/// What a scope's columns hold: nothing stands for everything.
fn columns(scope: &PolicyScope) -> Result<(String, i64), StoreError> {
    let is_nothing = scope.instance_url.as_deref() == Some("") || scope.root_group == Some(0);
    if is_nothing {
        return Err(StoreError::Conflict("a policy's scope names nothing".to_owned(), None));
    }
    Ok((scope.instance_url.clone().unwrap_or_default(), signed(scope.root_group.unwrap_or_default())?))
}

#[derive(FromRow)]
struct PolicyRow {
    tenant_id: i64,
    instance_url: String,
    root_group: i64,
    document: String,
    updated_at: i64,
}

impl PolicyRow {
    fn policy(self) -> Result<StoredPolicy, StoreError> {
        let policy = TokenPolicy::parse(&self.document).map_err(|error| {
            StoreError::Corrupt("a policy can't be read".to_owned(), Some(Box::new(error)))
        })?;
        let scope = PolicyScope {
            tenant: TenantId(self.tenant_id),
            instance_url: Some(self.instance_url).filter(|url| !url.is_empty()),
            root_group: Some(unsigned(self.root_group)?).filter(|id| *id > 0),
        };
        Ok(StoredPolicy { scope, policy, updated_at: Timestamp(self.updated_at) })
    }
}
