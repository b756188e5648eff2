//! Allowlists of job tokens.

use async_trait::async_trait;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::changes::{Entry, append};
use super::values::{join, signed, split, unsigned};
use super::{SqliteBackend, Write};
use crate::allowlist::{Allowlist, AllowlistEntry, AllowlistRepository, MOST_ENTRIES, ProjectKey};
use crate::changes::{Entity, Operation};
use crate::error::StoreError;
use crate::time::Timestamp;
use crate::tokens::Resource;

#[async_trait]
impl AllowlistRepository for SqliteBackend {
    async fn lookup(&self, project: &ProjectKey) -> Result<Allowlist, StoreError> {
        let rows: Vec<EntryRow> = query_as(
            "select target_type, target_id, policies, updated_at from job_token_allowlist
             where tenant_id = $1 and instance_url = $2 and project_id = $3 order by position",
        )
        .bind(project.tenant.0)
        .bind(&project.instance_url)
        .bind(signed(project.project_id)?)
        .fetch_all(&self.readers)
        .await?;
        let push: Option<i64> = query_scalar(
            "select project_id from job_token_pushes
             where tenant_id = $1 and instance_url = $2 and project_id = $3",
        )
        .bind(project.tenant.0)
        .bind(&project.instance_url)
        .bind(signed(project.project_id)?)
        .fetch_optional(&self.readers)
        .await?;
        let entries = rows.into_iter().map(EntryRow::entry).collect::<Result<_, _>>()?;
        Ok(Allowlist { entries, push: push.is_some() })
    }

    async fn put(
        &self,
        project: &ProjectKey,
        target: Resource,
        policies: Option<&[String]>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let policies = policies.map(join).transpose()?;
        let mut write = self.begin().await?;
        insert(&mut write, project, target, policies, at).await?;
        if count(&mut write, project).await? > MOST_ENTRIES {
            let message = format!("an allowlist has at most {MOST_ENTRIES} entries");
            return Err(StoreError::Conflict(message, None));
        }
        self.finish(write, project, at).await
    }

    async fn remove(
        &self,
        project: &ProjectKey,
        target: Resource,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut write = self.begin().await?;
        let removed = query(
            "delete from job_token_allowlist
             where tenant_id = $1 and instance_url = $2 and project_id = $3 and target_type = $4 and target_id = $5",
        )
        .bind(project.tenant.0)
        .bind(&project.instance_url)
        .bind(signed(project.project_id)?)
        .bind(target.kind())
        .bind(signed(target.id())?)
        .execute(write.connection()?)
        .await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        self.finish(write, project, at).await?;
        Ok(true)
    }

    async fn set_push(&self, project: &ProjectKey, push: bool, at: Timestamp) -> Result<(), StoreError> {
        let statement = if push {
            "insert into job_token_pushes (tenant_id, instance_url, project_id) values ($1, $2, $3)
             on conflict (tenant_id, instance_url, project_id) do nothing"
        } else {
            "delete from job_token_pushes where tenant_id = $1 and instance_url = $2 and project_id = $3"
        };
        let mut write = self.begin().await?;
        query(statement)
            .bind(project.tenant.0)
            .bind(&project.instance_url)
            .bind(signed(project.project_id)?)
            .execute(write.connection()?)
            .await?;
        self.finish(write, project, at).await
    }
}

impl SqliteBackend {
    /// Logs and commits a change of one project's allowlist.
    async fn finish(&self, mut write: Write, project: &ProjectKey, at: Timestamp) -> Result<(), StoreError> {
        let entity_id = signed(project.project_id)?;
        let entry = Entry { entity: Entity::Allowlist, entity_id, operation: Operation::Updated };
        let sequence = append(&mut write, &[entry], at).await?;
        self.commit(write, sequence).await
    }
}

async fn insert(
    write: &mut Write,
    project: &ProjectKey,
    target: Resource,
    policies: Option<String>,
    at: Timestamp,
) -> Result<(), StoreError> {
    query(
        "insert into job_token_allowlist
            (tenant_id, instance_url, project_id, target_type, target_id, policies, position, updated_at)
         values ($1, $2, $3, $4, $5, $6, (
            select coalesce(max(position), 0) + 1 from job_token_allowlist
            where tenant_id = $1 and instance_url = $2 and project_id = $3
         ), $7)
         on conflict (tenant_id, instance_url, project_id, target_type, target_id) do update
         set policies = excluded.policies, updated_at = excluded.updated_at",
    )
    .bind(project.tenant.0)
    .bind(&project.instance_url)
    .bind(signed(project.project_id)?)
    .bind(target.kind())
    .bind(signed(target.id())?)
    .bind(policies)
    .bind(at.0)
    .execute(write.connection()?)
    .await?;
    Ok(())
}

async fn count(write: &mut Write, project: &ProjectKey) -> Result<usize, StoreError> {
    let count: i64 = query_scalar(
        "select count(*) from job_token_allowlist
         where tenant_id = $1 and instance_url = $2 and project_id = $3",
    )
    .bind(project.tenant.0)
    .bind(&project.instance_url)
    .bind(signed(project.project_id)?)
    .fetch_one(write.connection()?)
    .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

#[derive(FromRow)]
struct EntryRow {
    target_type: String,
    target_id: i64,
    policies: Option<String>,
    updated_at: i64,
}

impl EntryRow {
    fn entry(self) -> Result<AllowlistEntry, StoreError> {
        let target = Resource::of_kind(&self.target_type, unsigned(self.target_id)?);
        let target =
            target.ok_or_else(|| StoreError::corrupt("an allowlist names neither project nor group"))?;
        Ok(AllowlistEntry {
            target,
            policies: self.policies.as_deref().map(split),
            updated_at: Timestamp(self.updated_at),
        })
    }
}
