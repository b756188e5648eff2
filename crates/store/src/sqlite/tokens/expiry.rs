//! Which tokens are about to expire, and of which their owners were warned.

use sqlx::{query, query_as};

use super::row::{TokenRow, select_tokens, tokens};
use crate::error::StoreError;
use crate::ids::TokenId;
use crate::sqlite::SqliteBackend;
use crate::time::{Date, Timestamp};
use crate::tokens::Token;

impl SqliteBackend {
    pub(super) async fn expiring_tokens(
        &self,
        today: Date,
        days_ahead: u32,
        limit: u32,
    ) -> Result<Vec<Token>, StoreError> {
        let rows: Vec<TokenRow> = query_as(concat!(
            "with due as (
                select t.id, t.expires_at from tokens t
                where t.revoked_at is null and t.expires_at is not null and t.expires_at > $1 and t.expires_at <= $2
                    and not exists (
                        select 1 from expiry_warnings w where w.token_id = t.id and w.days_ahead = $3
                    )
                order by t.expires_at, t.id limit $4
             ) ",
            select_tokens!("due join tokens t on t.id = due.id", "order by t.expires_at, t.id, g.ordinal")
        ))
        .bind(today.midnight().0)
        .bind(today.plus_days(days_ahead).midnight().0)
        .bind(i64::from(days_ahead))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        tokens(rows)
    }

    pub(super) async fn mark_token_warned(
        &self,
        id: TokenId,
        days_ahead: u32,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut write = self.begin().await?;
        let inserted = query(
            "insert into expiry_warnings (token_id, days_ahead, at) values ($1, $2, $3)
             on conflict (token_id, days_ahead) do nothing",
        )
        .bind(id.0)
        .bind(i64::from(days_ahead))
        .bind(at.0)
        .execute(write.connection()?)
        .await?;
        write.commit().await?;
        Ok(inserted.rows_affected() == 1)
    }
}
