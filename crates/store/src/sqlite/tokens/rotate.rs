//! Replacing a token by its successor.

use sqlx::query;

use super::add::{count_one, created, next_id};
use super::find;
use super::revoke::{revoke_one, revoked};
use crate::error::StoreError;
use crate::ids::TokenId;
use crate::sqlite::changes::append;
use crate::sqlite::{SqliteBackend, Write};
use crate::time::Timestamp;
use crate::tokens::{Revocation, RevocationReason, Rotation, Successor};

impl SqliteBackend {
    pub(super) async fn rotate_token(
        &self,
        id: TokenId,
        successor: &Successor,
        at: Timestamp,
    ) -> Result<Rotation, StoreError> {
        let mut write = self.begin().await?;
        let why = Revocation { at, reason: RevocationReason::Rotated };
        if !revoke_one(&mut write, id, why).await? {
            return Ok(Rotation::AlreadyRevoked);
        }
        let next = next_id(&mut write).await?;
        copy(&mut write, id, next, successor, at).await?;
        let token = find::by_id(write.connection()?, next)
            .await?
            .ok_or_else(|| StoreError::corrupt("a token that was just inserted is missing"))?;
        count_one(&mut write, token.tenant).await?;
        let sequence = append(&mut write, &[revoked(id), created(next)], at).await?;
        self.commit(write, sequence).await?;
        Ok(Rotation::Rotated(Box::new(token)))
    }
}

/// Copies a token and its grants within the database: what the new one may do is what the old one could.
async fn copy(
    write: &mut Write,
    old: TokenId,
    new: TokenId,
    successor: &Successor,
    at: Timestamp,
) -> Result<(), StoreError> {
    query(
        "insert into tokens (id, tenant_id, connection_id, kind, digest, name, name_folded, description, user_id,
            scopes, created_at, expires_at, family_id, previous_id, ends_at, resource_id, access_level, job_project_id,
            job_id, impersonation, created_by, not_before, addresses, push_refs, sudo)
         select $2, tenant_id, connection_id, kind, $3, name, name_folded, description, user_id,
            scopes, $4, $5, family_id, id, ends_at, resource_id, access_level, job_project_id,
            job_id, impersonation, created_by, not_before, addresses, push_refs, sudo
         from tokens where id = $1",
    )
    .bind(old.0)
    .bind(new.0)
    .bind(successor.digest.as_bytes().as_slice())
    .bind(at.0)
    .bind(successor.expires_at.map(|day| day.midnight().0))
    .execute(write.connection()?)
    .await?;
    query(
        "insert into grants (token_id, ordinal, access, project_id, group_id, permission_set)
         select $2, ordinal, access, project_id, group_id, permission_set from grants where token_id = $1",
    )
    .bind(old.0)
    .bind(new.0)
    .execute(write.connection()?)
    .await?;
    Ok(())
}
