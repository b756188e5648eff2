//! Rows of events.

use sha2::{Digest as _, Sha256};
use sqlx::FromRow;

use crate::audit::{ActorKind, AuditEvent, EventHash, RecordedEvent};
use crate::error::StoreError;
use crate::ids::{ConnectionId, TenantId, TokenId};
use crate::sqlite::values::{address, member, signed_option, unsigned_option};
use crate::time::Timestamp;

pub(super) const SELECT: &str =
    "select id, tenant_id, at, action, actor, user_id, connection_id, token_id, digest_prefix, address, request_id,
        details, previous_hash, hash
     from audit_events";

/// What an event's hash covers besides its values, so that it is no hash of anything else.
const DOMAIN: &[u8] = b"narrowgate audit event 1\n";

#[derive(Clone, Debug, FromRow)]
pub(super) struct EventRow {
    pub(super) id: i64,
    pub(super) tenant_id: i64,
    pub(super) at: i64,
    pub(super) action: String,
    pub(super) actor: String,
    pub(super) user_id: Option<i64>,
    pub(super) connection_id: Option<i64>,
    pub(super) token_id: Option<i64>,
    pub(super) digest_prefix: Option<String>,
    pub(super) address: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) details: String,
    pub(super) previous_hash: Option<Vec<u8>>,
    pub(super) hash: Option<Vec<u8>>,
}

impl EventRow {
    /// The row of an event that is not chained yet.
    pub(super) fn new(id: i64, event: &AuditEvent) -> Result<Self, StoreError> {
        Ok(Self {
            id,
            tenant_id: event.tenant.0,
            at: event.at.0,
            action: event.action.clone(),
            actor: event.actor.as_str().to_owned(),
            user_id: signed_option(event.user_id)?,
            connection_id: event.connection.map(|id| id.0),
            token_id: event.token.map(|id| id.0),
            digest_prefix: event.digest_prefix.clone(),
            address: event.address.map(|address| address.to_string()),
            request_id: event.request_id.clone(),
            details: event.details.to_string(),
            previous_hash: None,
            hash: None,
        })
    }

    /// The hash of this event after one with the hash `previous`.
    ///
    /// Every value goes in with its length, and absent ones differ from empty ones, so that no two events read alike.
    pub(super) fn hash_after(&self, previous: EventHash) -> EventHash {
        let mut hasher = Sha256::new();
        hasher.update(DOMAIN);
        hasher.update(previous.0);
        for number in [self.id, self.tenant_id, self.at] {
            hasher.update(number.to_be_bytes());
        }
        for text in [&self.action, &self.actor, &self.details] {
            add(&mut hasher, Some(text.as_bytes()));
        }
        for number in [self.user_id, self.connection_id, self.token_id] {
            add(&mut hasher, number.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
        }
        for text in [&self.digest_prefix, &self.address, &self.request_id] {
            add(&mut hasher, text.as_ref().map(String::as_bytes));
        }
        EventHash(hasher.finalize().into())
    }

    /// The stored hash, if it has the form of one.
    pub(super) fn stored_hash(&self) -> Option<EventHash> {
        hash_of(self.hash.as_deref())
    }

    /// The stored hash of the event before, if it has the form of one.
    pub(super) fn stored_previous(&self) -> Option<EventHash> {
        hash_of(self.previous_hash.as_deref())
    }

    pub(super) fn recorded(self) -> Result<RecordedEvent, StoreError> {
        let details = serde_json::from_str(&self.details).map_err(|error| {
            StoreError::Corrupt("an event's details are no JSON".to_owned(), Some(Box::new(error)))
        })?;
        let hash = self.stored_hash().ok_or_else(|| StoreError::corrupt("an event has no hash"))?;
        let event = AuditEvent {
            tenant: TenantId(self.tenant_id),
            at: Timestamp(self.at),
            action: self.action,
            actor: member(ActorKind::parse, &self.actor)?,
            user_id: unsigned_option(self.user_id)?,
            connection: self.connection_id.map(ConnectionId),
            token: self.token_id.map(TokenId),
            digest_prefix: self.digest_prefix,
            address: self.address.as_deref().map(address).transpose()?,
            request_id: self.request_id,
            details,
        };
        Ok(RecordedEvent { id: self.id, event, hash })
    }
}

fn add(hasher: &mut Sha256, value: Option<&[u8]>) {
    match value {
        None => hasher.update([0]),
        Some(bytes) => {
            hasher.update([1]);
            hasher.update((bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        }
    }
}

/// A hash from its column.
pub(super) fn hash_of(column: Option<&[u8]>) -> Option<EventHash> {
    column?.try_into().ok().map(EventHash)
}
