//! Reading one token.

use narrowgate_secret::TokenDigest;
use sqlx::{Executor, Sqlite, query_as};

use super::row::{TokenRow, select_tokens, tokens};
use crate::error::StoreError;
use crate::ids::TokenId;
use crate::tokens::Token;

pub(super) async fn by_id(
    database: impl Executor<'_, Database = Sqlite>,
    id: TokenId,
) -> Result<Option<Token>, StoreError> {
    let rows: Vec<TokenRow> = query_as(select_tokens!("tokens t", "where t.id = $1 order by g.ordinal"))
        .bind(id.0)
        .fetch_all(database)
        .await?;
    Ok(tokens(rows)?.pop())
}

pub(super) async fn by_digest(
    database: impl Executor<'_, Database = Sqlite>,
    digest: &TokenDigest,
) -> Result<Option<Token>, StoreError> {
    let rows: Vec<TokenRow> = query_as(select_tokens!("tokens t", "where t.digest = $1 order by g.ordinal"))
        .bind(digest.as_bytes().as_slice())
        .fetch_all(database)
        .await?;
    Ok(tokens(rows)?.pop())
}
