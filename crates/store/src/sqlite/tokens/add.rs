//! Adding a token.

use sqlx::{query, query_scalar};

use super::permission_sets;
use crate::changes::{Entity, Operation};
use crate::error::StoreError;
use crate::ids::{TenantId, TokenId};
use crate::sqlite::changes::{Entry, append};
use crate::sqlite::values::{join, signed, signed_option};
use crate::sqlite::{SqliteBackend, Write};
use crate::time::Timestamp;
use crate::tokens::{Conditions, NewToken, Resource, StoredGrant, Token, TokenKind, TokenPrivileges};

impl SqliteBackend {
    pub(super) async fn add_token(&self, new: &NewToken) -> Result<Token, StoreError> {
        let at = self.clock.now();
        let mut write = self.begin().await?;
        let id = next_id(&mut write).await?;
        insert(&mut write, id, new, at).await?;
        if let TokenPrivileges::FineGrained(grants) = &new.privileges {
            insert_grants(&mut write, id, grants).await?;
        }
        count_one(&mut write, new.tenant).await?;
        let sequence = append(&mut write, &[created(id)], at).await?;
        self.commit(write, sequence).await?;
        Ok(token(new, id, at))
    }
}

pub(super) const fn created(id: TokenId) -> Entry {
    Entry { entity: Entity::Token, entity_id: id.0, operation: Operation::Created }
}

pub(super) async fn next_id(write: &mut Write) -> Result<TokenId, StoreError> {
    let id = query_scalar("update heads set token_id = token_id + 1 returning token_id")
        .fetch_one(write.connection()?)
        .await?;
    Ok(TokenId(id))
}

/// Keeps the number of a tenant's tokens, so that lists need not count them.
pub(super) async fn count_one(write: &mut Write, tenant: TenantId) -> Result<(), StoreError> {
    query("update tenants set token_count = token_count + 1 where id = $1")
        .bind(tenant.0)
        .execute(write.connection()?)
        .await?;
    Ok(())
}

async fn insert(write: &mut Write, id: TokenId, new: &NewToken, at: Timestamp) -> Result<(), StoreError> {
    check_kind(new)?;
    let scopes = match &new.privileges {
        TokenPrivileges::Legacy(scopes) => Some(join(scopes)?),
        TokenPrivileges::FineGrained(_) | TokenPrivileges::Job => None,
    };
    query(
        "insert into tokens (id, tenant_id, connection_id, kind, digest, name, name_folded, description, user_id,
            scopes, created_at, expires_at, family_id, ends_at, resource_id, access_level, job_project_id, job_id,
            impersonation, created_by, not_before, addresses, push_refs, sudo)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $1, $13, $14, $15, $16, $17, $18, $19, $20, $21,
            $22, $23)",
    )
    .bind(id.0)
    .bind(new.tenant.0)
    .bind(new.connection.0)
    .bind(new.kind.as_str())
    .bind(new.digest.as_bytes().as_slice())
    .bind(&new.name)
    .bind(new.name.to_lowercase())
    .bind(&new.description)
    .bind(signed(new.user_id)?)
    .bind(scopes)
    .bind(at.0)
    .bind(new.expires_at.map(|day| day.midnight().0))
    .bind(new.ends_at.map(|at| at.0))
    .bind(signed_option(new.resource.map(Resource::id))?)
    .bind(new.access_level.map(i64::from))
    .bind(signed_option(new.job.map(|job| job.project_id))?)
    .bind(signed_option(new.job.map(|job| job.job_id))?)
    .bind(i64::from(new.impersonation))
    .bind(signed_option(new.created_by)?)
    .bind(new.conditions.not_before.map(|at| at.0))
    .bind(ranges(&new.conditions))
    .bind(join(&new.conditions.push_refs)?)
    .bind(i64::from(new.sudo))
    .execute(write.connection()?)
    .await?;
    Ok(())
}

/// The tables hold that a token of a project names something; that it names a project is for here.
fn check_kind(new: &NewToken) -> Result<(), StoreError> {
    let resource = match new.kind {
        TokenKind::Project => matches!(new.resource, Some(Resource::Project(_))),
        TokenKind::Group => matches!(new.resource, Some(Resource::Group(_))),
        TokenKind::Personal | TokenKind::Job => new.resource.is_none(),
    };
    let privileges = (new.kind == TokenKind::Job) == matches!(new.privileges, TokenPrivileges::Job);
    if resource && privileges {
        Ok(())
    } else {
        let message = "a token's kind does not agree with what it belongs to or may do";
        Err(StoreError::Conflict(message.to_owned(), None))
    }
}

/// The ranges of addresses in one column.
pub(super) fn ranges(conditions: &Conditions) -> String {
    let ranges: Vec<String> = conditions.addresses.iter().map(ToString::to_string).collect();
    ranges.join(" ")
}

pub(super) async fn insert_grants(
    write: &mut Write,
    id: TokenId,
    grants: &[StoredGrant],
) -> Result<(), StoreError> {
    if grants.is_empty() {
        return Err(StoreError::Conflict("a fine-grained token needs at least one grant".to_owned(), None));
    }
    for (ordinal, grant) in (0_i64..).zip(grants) {
        let permission_set = permission_sets::number(write, &grant.permissions).await?;
        query(
            "insert into grants (token_id, ordinal, access, project_id, group_id, permission_set)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.0)
        .bind(ordinal)
        .bind(grant.access.as_str())
        .bind(signed_option(grant.project_id)?)
        .bind(signed_option(grant.group_id)?)
        .bind(permission_set)
        .execute(write.connection()?)
        .await?;
    }
    Ok(())
}

/// What a new token is once it has an id.
fn token(new: &NewToken, id: TokenId, at: Timestamp) -> Token {
    Token {
        id,
        tenant: new.tenant,
        connection: new.connection,
        kind: new.kind,
        digest: new.digest,
        name: new.name.clone(),
        description: new.description.clone(),
        user_id: new.user_id,
        privileges: new.privileges.clone(),
        created_at: at,
        expires_at: new.expires_at,
        ends_at: new.ends_at,
        access_level: new.access_level,
        resource: new.resource,
        job: new.job,
        impersonation: new.impersonation,
        created_by: new.created_by,
        conditions: new.conditions.clone(),
        sudo: new.sudo,
        revision: 0,
        revocation: None,
        last_used_at: None,
        last_used_ips: Vec::new(),
        family: id.0,
        previous: None,
    }
}
