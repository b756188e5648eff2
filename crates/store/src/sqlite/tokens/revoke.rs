//! Revoking tokens: one, a family, or all of a connection.

use sqlx::{query, query_scalar};

use crate::changes::{Entity, Operation};
use crate::error::StoreError;
use crate::ids::{ConnectionId, TokenId};
use crate::sqlite::changes::{Entry, append};
use crate::sqlite::{SqliteBackend, Write};
use crate::time::Timestamp;

impl SqliteBackend {
    pub(super) async fn revoke_token(&self, id: TokenId, at: Timestamp) -> Result<bool, StoreError> {
        let mut write = self.begin().await?;
        if !revoke_one(&mut write, id, at).await? {
            return Ok(false);
        }
        let sequence = append(&mut write, &[revoked(id)], at).await?;
        self.commit(write, sequence).await?;
        Ok(true)
    }

    pub(super) async fn revoke_token_family(
        &self,
        id: TokenId,
        at: Timestamp,
    ) -> Result<Vec<TokenId>, StoreError> {
        let mut write = self.begin().await?;
        let ids: Vec<i64> = query_scalar(
            "update tokens set revoked_at = $2
             where revoked_at is null and family_id = (select family_id from tokens where id = $1) returning id",
        )
        .bind(id.0)
        .bind(at.0)
        .fetch_all(write.connection()?)
        .await?;
        let ids: Vec<_> = ids.into_iter().map(TokenId).collect();
        if !ids.is_empty() {
            let entries: Vec<_> = ids.iter().copied().map(revoked).collect();
            let sequence = append(&mut write, &entries, at).await?;
            self.commit(write, sequence).await?;
        }
        Ok(ids)
    }
}

pub(in crate::sqlite) const fn revoked(id: TokenId) -> Entry {
    Entry { entity: Entity::Token, entity_id: id.0, operation: Operation::Revoked }
}

/// Revokes a token unless somebody did before.
pub(super) async fn revoke_one(write: &mut Write, id: TokenId, at: Timestamp) -> Result<bool, StoreError> {
    let updated = query("update tokens set revoked_at = $2 where id = $1 and revoked_at is null")
        .bind(id.0)
        .bind(at.0)
        .execute(write.connection()?)
        .await?;
    Ok(updated.rows_affected() == 1)
}

/// Revokes what acts through a connection; the caller logs it.
pub(in crate::sqlite) async fn revoke_of_connection(
    write: &mut Write,
    connection: ConnectionId,
    at: Timestamp,
) -> Result<Vec<TokenId>, StoreError> {
    let ids: Vec<i64> = query_scalar(
        "update tokens set revoked_at = $2 where connection_id = $1 and revoked_at is null returning id",
    )
    .bind(connection.0)
    .bind(at.0)
    .fetch_all(write.connection()?)
    .await?;
    Ok(ids.into_iter().map(TokenId).collect())
}
