//! Rows of tokens joined with their grants.

use narrowgate_secret::TokenDigest;
use sqlx::FromRow;

use crate::error::StoreError;
use crate::ids::{ConnectionId, TenantId, TokenId};
use crate::sqlite::values::{addresses, member, parse_all, split, unsigned, unsigned_option};
use crate::time::{Date, Timestamp};
use crate::tokens::{
    Conditions, GrantAccess, JobRef, Resource, Revocation, RevocationReason, StoredGrant, Token, TokenKind,
    TokenPrivileges,
};

/// Selects tokens `t` with their uses `u` and one row for each grant `g`; `$rest` goes on after the joins.
macro_rules! select_tokens {
    ($from:literal, $rest:literal) => {
        concat!(
            "select t.id, t.tenant_id, t.connection_id, t.kind, t.digest, t.name, t.description, t.user_id, t.scopes,
                t.created_at, t.expires_at, t.revoked_at, t.family_id, t.previous_id, t.ends_at, t.resource_id,
                t.access_level, t.job_project_id, t.job_id, t.impersonation, t.created_by, t.not_before,
                t.addresses as allowed, t.push_refs, t.sudo, t.revision, t.revocation, u.last_used_at, u.addresses,
                g.access, g.project_id, g.group_id, p.permissions
             from ",
            $from,
            " join token_uses u on u.token_id = t.id left join grants g on g.token_id = t.id
              left join permission_sets p on p.id = g.permission_set ",
            $rest
        )
    };
}
pub(super) use select_tokens;

/// A token and one of its grants, if it has any.
#[derive(FromRow)]
pub(super) struct TokenRow {
    id: i64,
    tenant_id: i64,
    connection_id: i64,
    kind: String,
    digest: Vec<u8>,
    name: String,
    description: Option<String>,
    user_id: i64,
    scopes: Option<String>,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    family_id: i64,
    previous_id: Option<i64>,
    ends_at: Option<i64>,
    resource_id: Option<i64>,
    access_level: Option<i64>,
    job_project_id: Option<i64>,
    job_id: Option<i64>,
    impersonation: i64,
    created_by: Option<i64>,
    not_before: Option<i64>,
    allowed: String,
    push_refs: String,
    sudo: i64,
    revision: i64,
    revocation: Option<String>,
    last_used_at: Option<i64>,
    addresses: String,
    access: Option<String>,
    project_id: Option<i64>,
    group_id: Option<i64>,
    permissions: Option<String>,
}

/// Folds rows that are ordered by token, then by grant.
pub(super) fn tokens(rows: Vec<TokenRow>) -> Result<Vec<Token>, StoreError> {
    let mut tokens: Vec<Token> = Vec::new();
    for row in rows {
        let grant = row.grant()?;
        match tokens.last_mut() {
            Some(Token { id, privileges: TokenPrivileges::FineGrained(grants), .. }) if id.0 == row.id => {
                grants.extend(grant);
            }
            _ => tokens.push(row.token(grant)?),
        }
    }
    Ok(tokens)
}

impl TokenRow {
    fn grant(&self) -> Result<Option<StoredGrant>, StoreError> {
        let (Some(access), Some(permissions)) = (&self.access, &self.permissions) else { return Ok(None) };
        Ok(Some(StoredGrant {
            access: member(GrantAccess::parse, access)?,
            project_id: unsigned_option(self.project_id)?,
            group_id: unsigned_option(self.group_id)?,
            permissions: split(permissions),
        }))
    }

    fn token(self, grant: Option<StoredGrant>) -> Result<Token, StoreError> {
        let kind = member(TokenKind::parse, &self.kind)?;
        Ok(Token {
            id: TokenId(self.id),
            tenant: TenantId(self.tenant_id),
            connection: ConnectionId(self.connection_id),
            kind,
            digest: self.digest()?,
            privileges: privileges(kind, self.scopes.as_deref(), grant)?,
            revocation: self.revocation()?,
            conditions: self.conditions()?,
            resource: self.resource(kind)?,
            job: self.job()?,
            access_level: self.access_level()?,
            user_id: unsigned(self.user_id)?,
            created_by: unsigned_option(self.created_by)?,
            last_used_ips: addresses(&self.addresses)?,
            name: self.name,
            description: self.description,
            created_at: Timestamp(self.created_at),
            expires_at: self.expires_at.map(|at| Date::of(Timestamp(at))),
            ends_at: self.ends_at.map(Timestamp),
            impersonation: self.impersonation == 1,
            sudo: self.sudo == 1,
            revision: self.revision,
            last_used_at: self.last_used_at.map(Timestamp),
            family: self.family_id,
            previous: self.previous_id.map(TokenId),
        })
    }

    fn digest(&self) -> Result<TokenDigest, StoreError> {
        let bytes = self.digest.as_slice().try_into();
        bytes.map(TokenDigest::from_bytes).map_err(|_| StoreError::corrupt("a digest is not 32 bytes long"))
    }

    fn revocation(&self) -> Result<Option<Revocation>, StoreError> {
        let Some(at) = self.revoked_at.map(Timestamp) else { return Ok(None) };
        let reason = match &self.revocation {
            Some(name) => member(RevocationReason::parse, name)?,
            None => RevocationReason::Revoked,
        };
        Ok(Some(Revocation { at, reason }))
    }

    fn conditions(&self) -> Result<Conditions, StoreError> {
        Ok(Conditions {
            not_before: self.not_before.map(Timestamp),
            addresses: parse_all(&self.allowed, "a range of addresses is malformed")?,
            push_refs: split(&self.push_refs),
        })
    }

    fn resource(&self, kind: TokenKind) -> Result<Option<Resource>, StoreError> {
        let id = unsigned_option(self.resource_id)?;
        match (kind, id) {
            (TokenKind::Project, Some(id)) => Ok(Some(Resource::Project(id))),
            (TokenKind::Group, Some(id)) => Ok(Some(Resource::Group(id))),
            (TokenKind::Personal | TokenKind::Job, None) => Ok(None),
            _ => Err(StoreError::corrupt("a token's kind and what it belongs to do not agree")),
        }
    }

    fn job(&self) -> Result<Option<JobRef>, StoreError> {
        match (unsigned_option(self.job_project_id)?, unsigned_option(self.job_id)?) {
            (Some(project_id), Some(job_id)) => Ok(Some(JobRef { project_id, job_id })),
            (None, None) => Ok(None),
            _ => Err(StoreError::corrupt("a token names half a job")),
        }
    }

    fn access_level(&self) -> Result<Option<u8>, StoreError> {
        let level = self.access_level.map(u8::try_from).transpose();
        level.map_err(|_| StoreError::corrupt("an access level is out of range"))
    }
}

/// Exactly one of the forms; none or several would be a guess.
fn privileges(
    kind: TokenKind,
    scopes: Option<&str>,
    grant: Option<StoredGrant>,
) -> Result<TokenPrivileges, StoreError> {
    match (kind, scopes, grant) {
        (TokenKind::Job, None, None) => Ok(TokenPrivileges::Job),
        (TokenKind::Job, ..) => Err(StoreError::corrupt("a job's token has scopes or grants")),
        (_, Some(scopes), None) => Ok(TokenPrivileges::Legacy(split(scopes))),
        (_, None, Some(grant)) => Ok(TokenPrivileges::FineGrained(vec![grant])),
        (_, None, None) => Err(StoreError::corrupt("a token has neither scopes nor grants")),
        (_, Some(_), Some(_)) => Err(StoreError::corrupt("a token has both scopes and grants")),
    }
}
