//! Editing what a token may do.

use sqlx::query;

use super::add::{insert_grants, ranges};
use super::find;
use crate::changes::{Entity, Operation};
use crate::error::StoreError;
use crate::ids::TokenId;
use crate::sqlite::changes::{Entry, append};
use crate::sqlite::values::join;
use crate::sqlite::{SqliteBackend, Write};
use crate::time::Timestamp;
use crate::tokens::{Edit, NewGrants, TokenPrivileges};

impl SqliteBackend {
    pub(super) async fn replace_token_grants(
        &self,
        id: TokenId,
        revision: i64,
        new: &NewGrants,
        at: Timestamp,
    ) -> Result<Edit, StoreError> {
        let mut write = self.begin().await?;
        match find::by_id(write.connection()?, id).await? {
            Some(token)
                if token.revocation.is_none()
                    && matches!(token.privileges, TokenPrivileges::FineGrained(_)) =>
            {
                if token.revision != revision {
                    return Ok(Edit::Stale);
                }
            }
            _ => return Ok(Edit::NotEditable),
        }
        update(&mut write, id, new).await?;
        query("delete from grants where token_id = $1").bind(id.0).execute(write.connection()?).await?;
        insert_grants(&mut write, id, &new.grants).await?;
        let token = find::by_id(write.connection()?, id)
            .await?
            .ok_or_else(|| StoreError::corrupt("a token that was just edited is missing"))?;
        let entry = Entry { entity: Entity::Token, entity_id: id.0, operation: Operation::Updated };
        let sequence = append(&mut write, &[entry], at).await?;
        self.commit(write, sequence).await?;
        Ok(Edit::Edited(Box::new(token)))
    }
}

async fn update(write: &mut Write, id: TokenId, new: &NewGrants) -> Result<(), StoreError> {
    query(
        "update tokens set revision = revision + 1, not_before = $2, addresses = $3, push_refs = $4, sudo = $5
         where id = $1",
    )
    .bind(id.0)
    .bind(new.conditions.not_before.map(|at| at.0))
    .bind(ranges(&new.conditions))
    .bind(join(&new.conditions.push_refs)?)
    .bind(i64::from(new.sudo))
    .execute(write.connection()?)
    .await?;
    Ok(())
}
