//! Bots.

use async_trait::async_trait;
use sqlx::{FromRow, query, query_as, query_scalar};

use super::SqliteBackend;
use super::values::{signed, unsigned};
use crate::bots::{Bot, BotRepository, NewBot};
use crate::error::StoreError;
use crate::ids::{BotId, ConnectionId, TenantId};
use crate::time::Timestamp;
use crate::tokens::Resource;

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select id, tenant_id, connection_id, resource_type, resource_id, username, name, access_level, created_at
             from bots where ",
            $condition
        )
    };
}

#[async_trait]
impl BotRepository for SqliteBackend {
    async fn lookup(&self, id: BotId) -> Result<Option<Bot>, StoreError> {
        let row: Option<BotRow> =
            query_as(select!("id = $1")).bind(signed(id.0)?).fetch_optional(&self.readers).await?;
        row.map(BotRow::bot).transpose()
    }

    async fn list(&self, tenant: TenantId, resource: Resource) -> Result<Vec<Bot>, StoreError> {
        let rows: Vec<BotRow> =
            query_as(select!("tenant_id = $1 and resource_type = $2 and resource_id = $3 order by id"))
                .bind(tenant.0)
                .bind(resource.kind())
                .bind(signed(resource.id())?)
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(BotRow::bot).collect()
    }

    async fn add(&self, new: &NewBot) -> Result<Bot, StoreError> {
        let at = self.clock.now();
        let mut write = self.begin().await?;
        let number: i64 = query_scalar("update heads set bot_id = bot_id + 1 returning bot_id")
            .fetch_one(write.connection()?)
            .await?;
        let id = BotId(BotId::OFFSET.saturating_add(unsigned(number)?));
        query(
            "insert into bots (id, tenant_id, connection_id, resource_type, resource_id, username, name, access_level,
                created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(signed(id.0)?)
        .bind(new.tenant.0)
        .bind(new.connection.0)
        .bind(new.resource.kind())
        .bind(signed(new.resource.id())?)
        .bind(&new.username)
        .bind(&new.name)
        .bind(i64::from(new.access_level))
        .bind(at.0)
        .execute(write.connection()?)
        .await?;
        write.commit().await?;
        Ok(bot(new, id, at))
    }
}

fn bot(new: &NewBot, id: BotId, at: Timestamp) -> Bot {
    Bot {
        id,
        tenant: new.tenant,
        connection: new.connection,
        resource: new.resource,
        username: new.username.clone(),
        name: new.name.clone(),
        access_level: new.access_level,
        created_at: at,
    }
}

#[derive(FromRow)]
struct BotRow {
    id: i64,
    tenant_id: i64,
    connection_id: i64,
    resource_type: String,
    resource_id: i64,
    username: String,
    name: String,
    access_level: i64,
    created_at: i64,
}

impl BotRow {
    fn bot(self) -> Result<Bot, StoreError> {
        let resource = Resource::of_kind(&self.resource_type, unsigned(self.resource_id)?);
        let level = u8::try_from(self.access_level);
        Ok(Bot {
            id: BotId(unsigned(self.id)?),
            tenant: TenantId(self.tenant_id),
            connection: ConnectionId(self.connection_id),
            resource: resource
                .ok_or_else(|| StoreError::corrupt("a bot belongs to neither project nor group"))?,
            username: self.username,
            name: self.name,
            access_level: level.map_err(|_| StoreError::corrupt("an access level is out of range"))?,
            created_at: Timestamp(self.created_at),
        })
    }
}
