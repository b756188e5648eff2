//! Tokens, their grants and their use.

use std::net::IpAddr;

use async_trait::async_trait;
use narrowgate_secret::TokenDigest;

use crate::connections::Connection;
use crate::error::StoreError;
use crate::ids::{ConnectionId, TenantId, TokenId};
use crate::page::{Page, Paged};
use crate::time::{Date, Timestamp};

mod conditions;
mod cursor;
mod filter;
mod grant;
mod resource;
mod revocation;

pub use conditions::Conditions;
pub(crate) use cursor::Position;
pub use cursor::{Cursor, ParseCursorError};
pub use filter::{Reaching, Sort, SortKey, State, TokenFilter};
pub use grant::{GrantAccess, StoredGrant};
pub use resource::{JobRef, Resource};
pub use revocation::{Revocation, RevocationReason};

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
    /// The exact moment from which on it no longer works, for tokens whose end is no midnight: those of jobs.
    pub ends_at: Option<Timestamp>,
    /// The role of a project's or group's token, as GitLab's `access_level`.
    pub access_level: Option<u8>,
    /// The project or group that a project's or group's token belongs to.
    pub resource: Option<Resource>,
    /// The job that a job's token was made for.
    pub job: Option<JobRef>,
    /// Whether an administrator made it to act as somebody else.
    pub impersonation: bool,
    /// The GitLab user who made it.
    pub created_by: Option<u64>,
    /// What it demands of requests.
    pub conditions: Conditions,
    /// Whether a fine-grained token may act as another user.
    pub sudo: bool,
    /// How often its grants were edited; what [`TokenRepository::replace_grants`] compares.
    pub revision: i64,
    /// That it was revoked, when and why.
    pub revocation: Option<Revocation>,
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
    /// What is open to job tokens: those of kind [`TokenKind::Job`], and no others.
    Job,
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
    /// The exact moment from which on it no longer works, for tokens whose end is no midnight: those of jobs.
    pub ends_at: Option<Timestamp>,
    /// The role of a project's or group's token, as GitLab's `access_level`.
    pub access_level: Option<u8>,
    /// The project or group that a project's or group's token belongs to.
    pub resource: Option<Resource>,
    /// The job that a job's token was made for.
    pub job: Option<JobRef>,
    /// Whether an administrator made it to act as somebody else.
    pub impersonation: bool,
    /// The GitLab user who made it.
    pub created_by: Option<u64>,
    /// What it demands of requests.
    pub conditions: Conditions,
    /// Whether a fine-grained token may act as another user.
    pub sudo: bool,
}

impl NewToken {
    /// A token that acts as a connection's user: it never ends, and demands nothing. Set what differs with
    /// `NewToken { expires_at, ..NewToken::new(…) }`.
    #[must_use]
    pub fn new(
        connection: &Connection,
        kind: TokenKind,
        digest: TokenDigest,
        name: impl Into<String>,
        privileges: TokenPrivileges,
    ) -> Self {
        Self {
            tenant: connection.tenant,
            connection: connection.id,
            kind,
            digest,
            name: name.into(),
            description: None,
            user_id: connection.user_id,
            privileges,
            expires_at: None,
            ends_at: None,
            access_level: None,
            resource: None,
            job: None,
            impersonation: false,
            created_by: None,
            conditions: Conditions::default(),
            sudo: false,
        }
    }
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

/// How an edit of a token's grants ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The token as it is now.
    Edited(Box<Token>),
    /// Somebody edited it since it was read. Nothing changed.
    Stale,
    /// It is revoked, has scopes rather than grants, or never existed. Nothing changed.
    NotEditable,
}

/// What a token's grants are replaced by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrants {
    /// Grants, one for each resource; at least one.
    pub grants: Vec<StoredGrant>,
    /// What it demands of requests.
    pub conditions: Conditions,
    /// Whether it may act as another user.
    pub sudo: bool,
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

    /// The next tokens in a filter's order, after [`TokenFilter::after`]: a list that costs the same on every page, and
    /// is not counted.
    async fn list_after(&self, filter: &TokenFilter, limit: u32) -> Result<Vec<Token>, StoreError>;

    /// Adds a token, created now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the digest exists, the connection doesn't, or a value is malformed.
    async fn add(&self, new: &NewToken) -> Result<Token, StoreError>;

    /// Replaces the grants, the conditions and the capabilities of a fine-grained token that is not revoked, if nobody did
    /// since `revision` was read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a value is malformed.
    async fn replace_grants(
        &self,
        id: TokenId,
        revision: i64,
        new: &NewGrants,
        at: Timestamp,
    ) -> Result<Edit, StoreError>;

    /// Revokes a token. `false` when it was revoked before or never existed.
    async fn revoke(&self, id: TokenId, why: Revocation) -> Result<bool, StoreError>;

    /// Revokes a token and adds its successor in the same family, both or neither.
    async fn rotate(&self, id: TokenId, successor: &Successor, at: Timestamp)
    -> Result<Rotation, StoreError>;

    /// Revokes every active token of the family that `id` belongs to, and says which these were: the answer to somebody
    /// presenting a rotated token again (WIRE 3).
    async fn revoke_family(&self, id: TokenId, why: Revocation) -> Result<Vec<TokenId>, StoreError>;

    /// Revokes every active token that passes a filter, all or none, and says which these were. What orders and bounds a
    /// list is ignored.
    async fn revoke_many(&self, filter: &TokenFilter, why: Revocation) -> Result<Vec<TokenId>, StoreError>;

    /// Notes uses, in any order. Uses of unknown tokens are dropped.
    async fn record_use(&self, uses: &[TokenUse]) -> Result<(), StoreError>;

    /// The active tokens that expire within `days_ahead` days of `today`, and of which no warning was given that many
    /// days ahead; at most `limit`, the first to expire first.
    async fn expiring(&self, today: Date, days_ahead: u32, limit: u32) -> Result<Vec<Token>, StoreError>;

    /// Notes that a warning was given that many days ahead of a token's expiry. `false` when it was noted before.
    async fn mark_warned(&self, id: TokenId, days_ahead: u32, at: Timestamp) -> Result<bool, StoreError>;
}
