//! Rows of tokens joined with their grants.

use narrowgate_secret::TokenDigest;
use sqlx::FromRow;

use crate::error::StoreError;
use crate::ids::{ConnectionId, TenantId, TokenId};
use crate::sqlite::values::{addresses, member, split, unsigned, unsigned_option};
use crate::time::{Date, Timestamp};
use crate::tokens::{GrantAccess, StoredGrant, Token, TokenKind, TokenPrivileges};

/// Selects tokens `t` with their uses `u` and one row for each grant `g`; `$rest` goes on after the joins.
macro_rules! select_tokens {
    ($from:literal, $rest:literal) => {
        concat!(
            "select t.id, t.tenant_id, t.connection_id, t.kind, t.digest, t.name, t.description, t.user_id, t.scopes,
                t.created_at, t.expires_at, t.revoked_at, t.family_id, t.previous_id, u.last_used_at, u.addresses,
                g.access, g.project_id, g.group_id, g.permissions
             from ",
            $from,
            " left join token_uses u on u.token_id = t.id left join grants g on g.token_id = t.id ",
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
    last_used_at: Option<i64>,
    addresses: Option<String>,
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
        let digest =
            self.digest.try_into().map_err(|_| StoreError::corrupt("a digest is not 32 bytes long"))?;
        Ok(Token {
            id: TokenId(self.id),
            tenant: TenantId(self.tenant_id),
            connection: ConnectionId(self.connection_id),
            kind: member(TokenKind::parse, &self.kind)?,
            digest: TokenDigest::from_bytes(digest),
            name: self.name,
            description: self.description,
            user_id: unsigned(self.user_id)?,
            privileges: privileges(self.scopes.as_deref(), grant)?,
            created_at: Timestamp(self.created_at),
            expires_at: self.expires_at.map(|at| Date::of(Timestamp(at))),
            revoked_at: self.revoked_at.map(Timestamp),
            last_used_at: self.last_used_at.map(Timestamp),
            last_used_ips: addresses(self.addresses.as_deref().unwrap_or_default())?,
            family: self.family_id,
            previous: self.previous_id.map(TokenId),
        })
    }
}

/// Exactly one of the two forms; neither or both would be a guess.
fn privileges(scopes: Option<&str>, grant: Option<StoredGrant>) -> Result<TokenPrivileges, StoreError> {
    match (scopes, grant) {
        (Some(scopes), None) => Ok(TokenPrivileges::Legacy(split(scopes))),
        (None, Some(grant)) => Ok(TokenPrivileges::FineGrained(vec![grant])),
        (None, None) => Err(StoreError::corrupt("a token has neither scopes nor grants")),
        (Some(_), Some(_)) => Err(StoreError::corrupt("a token has both scopes and grants")),
    }
}
