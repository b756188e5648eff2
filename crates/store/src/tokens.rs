//! Tokens, their grants and their use.

use std::net::IpAddr;

use async_trait::async_trait;
use narrowgate_secret::TokenDigest;

use crate::error::StoreError;
use crate::ids::{ConnectionId, TenantId, TokenId};
use crate::page::{Page, Paged};
use crate::time::{Date, Timestamp};

mod filter;
mod grant;

pub use filter::{Sort, SortKey, State, TokenFilter};
pub use grant::{GrantAccess, StoredGrant};

/// How many addresses a token remembers (WIRE 1).
pub const LAST_USED_ADDRESSES: usize = 5;

/// A token as stored: everything but its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The connection it acts through.
    pub connection: ConnectionId,
    /// What kind of token it is.
    pub kind: TokenKind,
    /// The digest it is found by.
    pub digest: TokenDigest,
    /// The name its owner gave it.
    pub name: String,
    /// What its owner noted.
    pub description: Option<String>,
    /// The GitLab user it acts as.
    pub user_id: u64,
    /// What it may do.
    pub privileges: TokenPrivileges,
    /// When it was made.
    pub created_at: Timestamp,
    /// The first day on which it no longer works, from midnight UTC.
    pub expires_at: Option<Date>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// Up to five distinct addresses that used it, newest first.
    pub last_used_ips: Vec<IpAddr>,
    /// What links the rotations of one token: the id of the first.
    pub family: i64,
    /// The token that this one replaced.
    pub previous: Option<TokenId>,
}

/// The kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Acts as a person.
    Personal,
    /// Acts as a project's bot.
    Project,
    /// Acts as a group's bot.
    Group,
    /// Lives as long as a CI job.
    Job,
}

impl TokenKind {
    const ALL: [Self; 4] = [Self::Personal, Self::Project, Self::Group, Self::Job];

    /// The name as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Project => "project",
            Self::Group => "group",
            Self::Job => "job",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a token may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenPrivileges {
    /// Scopes by GitLab's names; at least one.
    Legacy(Vec<String>),
    /// Grants, one for each resource; at least one.
    FineGrained(Vec<StoredGrant>),
}

/// What [`TokenRepository::add`] takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Whose it is.
    pub tenant: TenantId,
    /// The connection it acts through.
    pub connection: ConnectionId,
    /// What kind of token it is.
    pub kind: TokenKind,
    /// The digest of its text.
    pub digest: TokenDigest,
    /// The name its owner gave it.
    pub name: String,
    /// What its owner noted.
    pub description: Option<String>,
    /// The GitLab user it acts as.
    pub user_id: u64,
    /// What it may do.
    pub privileges: TokenPrivileges,
    /// The first day on which it no longer works.
    pub expires_at: Option<Date>,
}

/// What takes a rotated token's place: everything else is copied, so that no rotation widens a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Successor {
    /// The digest of the new text.
    pub digest: TokenDigest,
    /// The first day on which it no longer works.
    pub expires_at: Option<Date>,
}

/// How a rotation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The old token is revoked and this one works.
    Rotated(Box<Token>),
    /// Somebody revoked or rotated it before, or it never existed. Nothing changed.
    AlreadyRevoked,
}

/// One use of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenUse {
    /// Which token.
    pub token: TokenId,
    /// When.
    pub at: Timestamp,
    /// From where.
    pub address: Option<IpAddr>,
}

/// Stores tokens.
#[async_trait]
pub trait TokenRepository: Send + Sync {
    /// The token with that id, revoked or not.
    async fn lookup(&self, id: TokenId) -> Result<Option<Token>, StoreError>;

    /// The token with that digest, revoked or not.
    async fn find_by_digest(&self, digest: &TokenDigest) -> Result<Option<Token>, StoreError>;

    /// The tokens that pass a filter.
    async fn list(&self, filter: &TokenFilter, page: Page) -> Result<Paged<Token>, StoreError>;

    /// Adds a token, created now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the digest exists, the connection doesn't, or a privilege is malformed.
    async fn add(&self, new: &NewToken) -> Result<Token, StoreError>;

    /// Revokes a token. `false` when it was revoked before or never existed.
    async fn revoke(&self, id: TokenId, at: Timestamp) -> Result<bool, StoreError>;

    /// Revokes a token and adds its successor in the same family, both or neither.
    async fn rotate(&self, id: TokenId, successor: &Successor, at: Timestamp)
    -> Result<Rotation, StoreError>;

    /// Revokes every active token of the family that `id` belongs to, and says which these were: the answer to somebody
    /// presenting a rotated token again (WIRE 3).
    async fn revoke_family(&self, id: TokenId, at: Timestamp) -> Result<Vec<TokenId>, StoreError>;

    /// Notes uses, in any order. Uses of unknown tokens are dropped.
    async fn record_use(&self, uses: &[TokenUse]) -> Result<(), StoreError>;
}
