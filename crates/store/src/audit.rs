//! The audit log: written once, never changed.

use std::fmt;
use std::net::IpAddr;

use async_trait::async_trait;

use crate::error::StoreError;
use crate::ids::{ConnectionId, TenantId, TokenId};
use crate::page::{Page, Paged};
use crate::time::Timestamp;

/// Something worth keeping: a token created, a request denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Whose event it is.
    pub tenant: TenantId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened, in dotted words such as `token.revoked` or `request.denied`.
    pub action: String,
    /// Who acted.
    pub actor: ActorKind,
    /// The GitLab user who acted.
    pub user_id: Option<u64>,
    /// The connection it went through.
    pub connection: Option<ConnectionId>,
    /// The token it was done with or to.
    pub token: Option<TokenId>,
    /// The first hexadecimal digits of the token's digest, by which a leaked text can be found again.
    pub digest_prefix: Option<String>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// The request's id, to find it in the logs.
    pub request_id: Option<String>,
    /// Everything else, without secrets.
    pub details: serde_json::Value,
}

impl AuditEvent {
    /// Something that the system did by itself, now known by nothing but its name. Set what else is known with
    /// `AuditEvent { token, ..AuditEvent::new(…) }`.
    #[must_use]
    pub fn new(tenant: TenantId, at: Timestamp, action: impl Into<String>) -> Self {
        Self {
            tenant,
            at,
            action: action.into(),
            actor: ActorKind::System,
            user_id: None,
            connection: None,
            token: None,
            digest_prefix: None,
            address: None,
            request_id: None,
            details: serde_json::Value::Null,
        }
    }
}

/// What kind of actor did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// The bearer of a token of Narrowgate's.
    Token,
    /// A user of the instance, with a credential of its own.
    User,
    /// The operator, at the command line.
    Operator,
    /// Narrowgate itself.
    System,
}

impl ActorKind {
    const ALL: [Self; 4] = [Self::Token, Self::User, Self::Operator, Self::System];

    /// The name as stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::User => "user",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its place: a greater one was recorded later.
    pub id: i64,
    /// The event.
    pub event: AuditEvent,
    /// What chains it to the event before.
    pub hash: EventHash,
}

/// SHA-256 over an event and the hash of the event before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventHash(pub [u8; 32]);

impl EventHash {
    /// What the first event is chained to.
    pub const START: Self = Self([0; 32]);
}

impl fmt::Display for EventHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The log's end. Kept elsewhere, it shows later that nothing of what it covers was rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The last event.
    pub id: i64,
    /// Its hash.
    pub hash: EventHash,
}

/// What an examination of the log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    /// Every event is as it was written.
    Intact {
        /// How many there are.
        count: u64,
        /// The log's end.
        head: AuditHead,
    },
    /// Some are not.
    Broken {
        /// What is wrong, by place; at most [`MOST_FLAWS`].
        flaws: Vec<Flaw>,
    },
}

/// How many flaws are named.
pub const MOST_FLAWS: usize = 100;

/// An event that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Its place.
    pub id: i64,
    /// What is wrong with it.
    pub what: Tampering,
}

/// What was done to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tampering {
    /// A value of it was changed, or it was moved here.
    Altered,
    /// It was removed.
    Removed,
    /// It follows another event than the one before it.
    Rechained,
    /// It was put in where the log never wrote.
    Inserted,
    /// The log was rewritten up to here: it no longer leads to the head that was kept elsewhere.
    Rewritten,
}

impl Tampering {
    /// What happened, for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Altered => "a value of the event was changed",
            Self::Removed => "the event was removed",
            Self::Rechained => "the event is chained to another than the one before it",
            Self::Inserted => "the event was put in",
            Self::Rewritten => "the log up to this event was rewritten",
        }
    }
}

/// Which events to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFilter {
    /// Whose.
    pub tenant: TenantId,
    /// Of one token only.
    pub token: Option<TokenId>,
    /// Of one kind only.
    pub action: Option<String>,
    /// From then on.
    pub after: Option<Timestamp>,
    /// Until then, inclusive.
    pub before: Option<Timestamp>,
    /// By this user only.
    pub user_id: Option<u64>,
}

impl AuditFilter {
    /// Every event of a tenant.
    #[must_use]
    pub const fn all(tenant: TenantId) -> Self {
        Self { tenant, token: None, action: None, after: None, before: None, user_id: None }
    }
}

/// Stores audit events. There is no method that changes or deletes one.
#[async_trait]
pub trait AuditRepository: Send + Sync {
    /// Appends events in their order, all or none.
    async fn append(&self, events: &[AuditEvent]) -> Result<(), StoreError>;

    /// Lists events, newest first.
    async fn list(&self, filter: &AuditFilter, page: Page) -> Result<Paged<RecordedEvent>, StoreError>;

    /// The events after a place, oldest first: for exports and streams.
    async fn since(&self, tenant: TenantId, id: i64, limit: u32) -> Result<Vec<RecordedEvent>, StoreError>;

    /// The log's end.
    async fn head(&self) -> Result<AuditHead, StoreError>;

    /// Examines every event of every tenant. Who can write to the database can forge the whole log, but not so that it
    /// still leads to a head that was kept elsewhere: give that as `kept`.
    async fn verify(&self, kept: Option<AuditHead>) -> Result<Verification, StoreError>;
}
