//! Lists of permissions, each kept once.

use sqlx::{query, query_scalar};

use crate::error::StoreError;
use crate::sqlite::Write;
use crate::sqlite::values::join;

/// The number of a list, which is taken in if it is new.
pub(super) async fn number(write: &mut Write, permissions: &[String]) -> Result<i64, StoreError> {
    let text = join(permissions)?;
    let known = query_scalar("select id from permission_sets where permissions = $1");
    if let Some(id) = known.bind(&text).fetch_optional(write.connection()?).await? {
        return Ok(id);
    }
    let id = query_scalar(
        "insert into permission_sets (id, permissions)
         values ((select coalesce(max(id), 0) + 1 from permission_sets), $1) returning id",
    )
    .bind(&text)
    .fetch_one(write.connection()?)
    .await?;
    for permission in permissions {
        query(
            "insert into permission_set_members (permission, set_id) values ($1, $2) on conflict do nothing",
        )
        .bind(permission)
        .bind(id)
        .execute(write.connection()?)
        .await?;
    }
    Ok(id)
}
