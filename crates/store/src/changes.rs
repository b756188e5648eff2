//! The change log: what caches follow.

use async_trait::async_trait;
use tokio::sync::watch;

use crate::error::StoreError;
use crate::ids::Sequence;
use crate::time::Timestamp;

/// One change of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its position in the log; a greater one was committed later.
    pub sequence: Sequence,
    /// What kind of row changed.
    pub entity: Entity,
    /// The row's id, as [`Entity`] says.
    pub entity_id: i64,
    /// What happened to it.
    pub operation: Operation,
    /// When.
    pub at: Timestamp,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entity {
    /// A connection.
    Connection,
    /// A token.
    Token,
    /// The policy of a tenant or a top-level group; its id is the tenant's.
    Policy,
    /// The allowlist for job tokens of a project; its id is the project's.
    Allowlist,
    /// A webhook.
    Webhook,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// The row is new.
    Created,
    /// Some of its values differ.
    Updated,
    /// A token was revoked.
    Revoked,
    /// A connection or another row was removed.
    Removed,
}

impl Entity {
    /// The name as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Token => "token",
            Self::Policy => "policy",
            Self::Allowlist => "allowlist",
            Self::Webhook => "webhook",
        }
    }

    /// The entity of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Connection, Self::Token, Self::Policy, Self::Allowlist, Self::Webhook]
            .into_iter()
            .find(|entity| entity.as_str() == name)
    }
}

impl Operation {
    /// The name as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Revoked => "revoked",
            Self::Removed => "removed",
        }
    }

    /// The operation of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Created, Self::Updated, Self::Revoked, Self::Removed]
            .into_iter()
            .find(|operation| operation.as_str() == name)
    }
}

/// Reads the change log. Last use of a token and audit events are not in it: no cache depends on them.
#[async_trait]
pub trait ChangeRepository: Send + Sync {
    /// The newest position, whichever process wrote it. Wakes the receivers of [`Self::watch`] when it moved.
    async fn head(&self) -> Result<Sequence, StoreError>;

    /// The changes after a position, oldest first.
    async fn since(&self, position: Sequence, limit: u32) -> Result<Vec<Change>, StoreError>;

    /// Tells at once of changes made through this store, and of others' once [`Self::head`] has seen them.
    /// Correctness must not rest on it: ask [`Self::head`] at least every `max_staleness`.
    fn watch(&self) -> watch::Receiver<Sequence>;
}
