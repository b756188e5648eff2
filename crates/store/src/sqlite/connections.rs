//! Connections.

use async_trait::async_trait;
use narrowgate_secret::Sealed;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::changes::{Entry, append};
use super::values::{join, member, signed, split, unsigned};
use super::{SqliteBackend, Write, tokens};
use crate::changes::{Entity, Operation};
use crate::connections::{Connection, ConnectionRepository, Credential, Health, NewConnection};
use crate::error::StoreError;
use crate::ids::{ConnectionId, TenantId};
use crate::time::Timestamp;

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select id, tenant_id, instance_url, user_id, username, administrator, credential_key_id, credential,
                credential_scopes, credential_expires_at, health, created_at, updated_at
             from connections where removed_at is null and ",
            $condition
        )
    };
}

#[async_trait]
impl ConnectionRepository for SqliteBackend {
    async fn lookup(&self, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
        let row: Option<ConnectionRow> =
            query_as(select!("id = $1")).bind(id.0).fetch_optional(&self.readers).await?;
        row.map(ConnectionRow::connection).transpose()
    }

    async fn find_by_user(
        &self,
        tenant: TenantId,
        instance_url: &str,
        user_id: u64,
    ) -> Result<Option<Connection>, StoreError> {
        let row: Option<ConnectionRow> =
            query_as(select!("tenant_id = $1 and instance_url = $2 and user_id = $3"))
                .bind(tenant.0)
                .bind(instance_url)
                .bind(signed(user_id)?)
                .fetch_optional(&self.readers)
                .await?;
        row.map(ConnectionRow::connection).transpose()
    }

    async fn list(&self, tenant: TenantId) -> Result<Vec<Connection>, StoreError> {
        let rows: Vec<ConnectionRow> =
            query_as(select!("tenant_id = $1 order by id")).bind(tenant.0).fetch_all(&self.readers).await?;
        rows.into_iter().map(ConnectionRow::connection).collect()
    }

    async fn add(&self, new: &NewConnection) -> Result<Connection, StoreError> {
        let at = self.clock.now();
        let mut write = self.begin().await?;
        let id = insert(&mut write, new, at).await?;
        let sequence = append(&mut write, &[entry(id, Operation::Created)], at).await?;
        self.commit(write, sequence).await?;
        Ok(connection(new, id, at))
    }

    async fn replace_credential(
        &self,
        id: ConnectionId,
        credential: &Credential,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut write = self.begin().await?;
        let updated = query(
            "update connections set credential_key_id = $2, credential = $3, credential_scopes = $4,
                credential_expires_at = $5, health = 'healthy', updated_at = $6
             where id = $1 and removed_at is null",
        )
        .bind(id.0)
        .bind(&credential.sealed.key_id)
        .bind(credential.sealed.bytes.as_slice())
        .bind(join(&credential.scopes)?)
        .bind(credential.expires_at.map(|at| at.0))
        .bind(at.0)
        .execute(write.connection()?)
        .await?;
        self.finish_update(write, id, updated.rows_affected(), at).await
    }

    async fn set_health(&self, id: ConnectionId, health: Health, at: Timestamp) -> Result<bool, StoreError> {
        let mut write = self.begin().await?;
        let updated = query(
            "update connections set health = $2, updated_at = $3
             where id = $1 and health <> $2 and removed_at is null",
        )
        .bind(id.0)
        .bind(health.as_str())
        .bind(at.0)
        .execute(write.connection()?)
        .await?;
        self.finish_update(write, id, updated.rows_affected(), at).await
    }

    async fn remove(&self, id: ConnectionId, at: Timestamp) -> Result<bool, StoreError> {
        let mut write = self.begin().await?;
        let removed = query(
            "update connections set removed_at = $2, updated_at = $2, credential = null, credential_key_id = null
             where id = $1 and removed_at is null",
        )
        .bind(id.0)
        .bind(at.0)
        .execute(write.connection()?)
        .await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        let mut entries: Vec<_> = tokens::revoke_of_connection(&mut write, id, at)
            .await?
            .into_iter()
            .map(tokens::revoked)
            .collect();
        entries.push(entry(id, Operation::Removed));
        let sequence = append(&mut write, &entries, at).await?;
        self.commit(write, sequence).await?;
        Ok(true)
    }
}

impl SqliteBackend {
    /// Logs and commits an update of one connection, if there was one.
    async fn finish_update(
        &self,
        mut write: Write,
        id: ConnectionId,
        rows: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        if rows == 0 {
            return Ok(false);
        }
        let sequence = append(&mut write, &[entry(id, Operation::Updated)], at).await?;
        self.commit(write, sequence).await?;
        Ok(true)
    }
}

const fn entry(id: ConnectionId, operation: Operation) -> Entry {
    Entry { entity: Entity::Connection, entity_id: id.0, operation }
}

async fn insert(write: &mut Write, new: &NewConnection, at: Timestamp) -> Result<ConnectionId, StoreError> {
    let id: i64 = query_scalar("update heads set connection_id = connection_id + 1 returning connection_id")
        .fetch_one(write.connection()?)
        .await?;
    query(
        "insert into connections (id, tenant_id, instance_url, user_id, username, administrator, credential_key_id,
            credential, credential_scopes, credential_expires_at, health, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'healthy', $11, $11)",
    )
    .bind(id)
    .bind(new.tenant.0)
    .bind(&new.instance_url)
    .bind(signed(new.user_id)?)
    .bind(&new.username)
    .bind(i64::from(new.administrator))
    .bind(&new.credential.sealed.key_id)
    .bind(new.credential.sealed.bytes.as_slice())
    .bind(join(&new.credential.scopes)?)
    .bind(new.credential.expires_at.map(|at| at.0))
    .bind(at.0)
    .execute(write.connection()?)
    .await?;
    Ok(ConnectionId(id))
}

/// What a new connection is once it has an id.
fn connection(new: &NewConnection, id: ConnectionId, at: Timestamp) -> Connection {
    Connection {
        id,
        tenant: new.tenant,
        instance_url: new.instance_url.clone(),
        user_id: new.user_id,
        username: new.username.clone(),
        administrator: new.administrator,
        credential: new.credential.sealed.clone(),
        credential_scopes: new.credential.scopes.clone(),
        credential_expires_at: new.credential.expires_at,
        health: Health::Healthy,
        created_at: at,
        updated_at: at,
    }
}

#[derive(FromRow)]
struct ConnectionRow {
    id: i64,
    tenant_id: i64,
    instance_url: String,
    user_id: i64,
    username: String,
    administrator: i64,
    credential_key_id: String,
    credential: Vec<u8>,
    credential_scopes: String,
    credential_expires_at: Option<i64>,
    health: String,
    created_at: i64,
    updated_at: i64,
}

impl ConnectionRow {
    fn connection(self) -> Result<Connection, StoreError> {
        Ok(Connection {
            id: ConnectionId(self.id),
            tenant: TenantId(self.tenant_id),
            instance_url: self.instance_url,
            user_id: unsigned(self.user_id)?,
            username: self.username,
            administrator: self.administrator == 1,
            credential: Sealed { key_id: self.credential_key_id, bytes: self.credential },
            credential_scopes: split(&self.credential_scopes),
            credential_expires_at: self.credential_expires_at.map(Timestamp),
            health: member(Health::parse, &self.health)?,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
        })
    }
}
