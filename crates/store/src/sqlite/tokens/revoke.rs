//! Revoking tokens: one, a family, those of a filter, or all of a connection.

use sqlx::{AssertSqlSafe, query, query_scalar, query_scalar_with};

use super::list::{conditions, sources};
use super::narrow::Ways;
use crate::changes::{Entity, Operation};
use crate::error::StoreError;
use crate::ids::{ConnectionId, TokenId};
use crate::sqlite::changes::{Entry, append};
use crate::sqlite::{SqliteBackend, Write};
use crate::time::Timestamp;
use crate::tokens::{Revocation, RevocationReason, TokenFilter};

impl SqliteBackend {
    pub(super) async fn revoke_token(&self, id: TokenId, why: Revocation) -> Result<bool, StoreError> {
        let mut write = self.begin().await?;
        if !revoke_one(&mut write, id, why).await? {
            return Ok(false);
        }
        let sequence = append(&mut write, &[revoked(id)], why.at).await?;
        self.commit(write, sequence).await?;
        Ok(true)
    }

    pub(super) async fn revoke_token_family(
        &self,
        id: TokenId,
        why: Revocation,
    ) -> Result<Vec<TokenId>, StoreError> {
        let mut write = self.begin().await?;
        let ids: Vec<i64> = query_scalar(
            "update tokens set revoked_at = $2, revocation = $3
             where revoked_at is null and family_id = (select family_id from tokens where id = $1) returning id",
        )
        .bind(id.0)
        .bind(why.at.0)
        .bind(why.reason.as_str())
        .fetch_all(write.connection()?)
        .await?;
        self.finish_revocations(write, ids, why.at).await
    }

    pub(super) async fn revoke_matching(
        &self,
        filter: &TokenFilter,
        why: Revocation,
    ) -> Result<Vec<TokenId>, StoreError> {
        let mut conditions = conditions(&TokenFilter { after: None, ..filter.clone() }, Ways::BY_INDEX)?;
        conditions.require("t.revoked_at is null");
        let clause = conditions.clause().to_owned();
        let at = conditions.bind(why.at.0);
        let reason = conditions.bind(why.reason.as_str().to_owned());
        let from = sources(filter);
        let text = format!(
            "update tokens set revoked_at = {at}, revocation = {reason}
             where id in (select t.id {from} {clause}) returning id"
        );
        let mut write = self.begin().await?;
        let ids: Vec<i64> = query_scalar_with(AssertSqlSafe(text), conditions.arguments()?)
            .fetch_all(write.connection()?)
            .await?;
        self.finish_revocations(write, ids, why.at).await
    }

    /// Logs and commits revocations, if there were any.
    async fn finish_revocations(
        &self,
        mut write: Write,
        ids: Vec<i64>,
        at: Timestamp,
    ) -> Result<Vec<TokenId>, StoreError> {
        let mut ids: Vec<_> = ids.into_iter().map(TokenId).collect();
        ids.sort_unstable();
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
pub(super) async fn revoke_one(write: &mut Write, id: TokenId, why: Revocation) -> Result<bool, StoreError> {
    let updated =
        query("update tokens set revoked_at = $2, revocation = $3 where id = $1 and revoked_at is null")
            .bind(id.0)
            .bind(why.at.0)
            .bind(why.reason.as_str())
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
        "update tokens set revoked_at = $2, revocation = $3
         where connection_id = $1 and revoked_at is null returning id",
    )
    .bind(connection.0)
    .bind(at.0)
    .bind(RevocationReason::ConnectionLost.as_str())
    .fetch_all(write.connection()?)
    .await?;
    Ok(ids.into_iter().map(TokenId).collect())
}
