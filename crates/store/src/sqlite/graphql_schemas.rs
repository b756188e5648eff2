//! GraphQL schemas.

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use sqlx::{query, query_as, query_scalar};

use super::SqliteBackend;
use crate::error::StoreError;
use crate::graphql_schemas::{GraphqlSchemaRepository, SchemaDigest, SchemaUse};
use crate::ids::ConnectionId;
use crate::time::Timestamp;

#[async_trait]
impl GraphqlSchemaRepository for SqliteBackend {
    async fn lookup(&self, connection: ConnectionId) -> Result<Option<SchemaUse>, StoreError> {
        let row: Option<(Vec<u8>, i64)> =
            query_as("select digest, fetched_at from graphql_schema_uses where connection_id = $1")
                .bind(connection.0)
                .fetch_optional(&self.readers)
                .await?;
        row.map(|(digest, fetched_at)| {
            let digest = digest.try_into().map_err(|_| StoreError::corrupt("a digest has a wrong length"))?;
            Ok(SchemaUse { digest: SchemaDigest(digest), fetched_at: Timestamp(fetched_at) })
        })
        .transpose()
    }

    async fn text(&self, digest: SchemaDigest) -> Result<Option<String>, StoreError> {
        let text = query_scalar("select sdl from graphql_schemas where digest = $1")
            .bind(digest.0.as_slice())
            .fetch_optional(&self.readers)
            .await?;
        Ok(text)
    }

    async fn put(
        &self,
        connection: ConnectionId,
        text: &str,
        at: Timestamp,
    ) -> Result<SchemaUse, StoreError> {
        let digest = SchemaDigest(Sha256::digest(text.as_bytes()).into());
        let mut write = self.begin().await?;
        query("insert into graphql_schemas (digest, sdl) values ($1, $2) on conflict (digest) do nothing")
            .bind(digest.0.as_slice())
            .bind(text)
            .execute(write.connection()?)
            .await?;
        query(
            "insert into graphql_schema_uses (connection_id, digest, fetched_at) values ($1, $2, $3)
             on conflict (connection_id) do update
             set digest = excluded.digest, fetched_at = excluded.fetched_at",
        )
        .bind(connection.0)
        .bind(digest.0.as_slice())
        .bind(at.0)
        .execute(write.connection()?)
        .await?;
        query(
            "delete from graphql_schema_uses
             where connection_id in (select id from connections where removed_at is not null)",
        )
        .execute(write.connection()?)
        .await?;
        query("delete from graphql_schemas where digest not in (select digest from graphql_schema_uses)")
            .execute(write.connection()?)
            .await?;
        write.commit().await?;
        Ok(SchemaUse { digest, fetched_at: at })
    }
}
