//! SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use narrowgate_secret::TokenDigest;
use tokio::sync::watch;

use crate::audit::{AuditEvent, AuditFilter, AuditRepository, RecordedEvent};
use crate::changes::{Change, ChangeRepository};
use crate::connections::{Connection, ConnectionRepository, Credential, Health, NewConnection};
use crate::error::StoreError;
use crate::ids::{ConnectionId, Sequence, TenantId, TokenId};
use crate::page::{Page, Paged};
use crate::time::{Clock, Timestamp};
use crate::tokens::{NewToken, Rotation, Successor, Token, TokenFilter, TokenRepository, TokenUse};

pub(crate) enum SqliteBackend {}

impl SqliteBackend {
    pub(crate) async fn open(location: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Err(StoreError::internal(format!("{location} {}", clock.now())))
    }
}

#[async_trait]
impl ChangeRepository for SqliteBackend {
    async fn head(&self) -> Result<Sequence, StoreError> {
        match *self {}
    }
    async fn since(&self, _: Sequence, _: u32) -> Result<Vec<Change>, StoreError> {
        match *self {}
    }
    fn watch(&self) -> watch::Receiver<Sequence> {
        match *self {}
    }
}
#[async_trait]
impl ConnectionRepository for SqliteBackend {
    async fn lookup(&self, _: ConnectionId) -> Result<Option<Connection>, StoreError> {
        match *self {}
    }
    async fn find_by_user(&self, _: TenantId, _: &str, _: u64) -> Result<Option<Connection>, StoreError> {
        match *self {}
    }
    async fn list(&self, _: TenantId) -> Result<Vec<Connection>, StoreError> {
        match *self {}
    }
    async fn add(&self, _: &NewConnection) -> Result<Connection, StoreError> {
        match *self {}
    }
    async fn replace_credential(
        &self,
        _: ConnectionId,
        _: &Credential,
        _: Timestamp,
    ) -> Result<bool, StoreError> {
        match *self {}
    }
    async fn set_health(&self, _: ConnectionId, _: Health, _: Timestamp) -> Result<bool, StoreError> {
        match *self {}
    }
    async fn remove(&self, _: ConnectionId, _: Timestamp) -> Result<bool, StoreError> {
        match *self {}
    }
}
#[async_trait]
impl AuditRepository for SqliteBackend {
    async fn append(&self, _: &[AuditEvent]) -> Result<(), StoreError> {
        match *self {}
    }
    async fn list(&self, _: &AuditFilter, _: Page) -> Result<Paged<RecordedEvent>, StoreError> {
        match *self {}
    }
}
#[async_trait]
impl TokenRepository for SqliteBackend {
    async fn lookup(&self, _: TokenId) -> Result<Option<Token>, StoreError> {
        match *self {}
    }
    async fn find_by_digest(&self, _: &TokenDigest) -> Result<Option<Token>, StoreError> {
        match *self {}
    }
    async fn list(&self, _: &TokenFilter, _: Page) -> Result<Paged<Token>, StoreError> {
        match *self {}
    }
    async fn add(&self, _: &NewToken) -> Result<Token, StoreError> {
        match *self {}
    }
    async fn revoke(&self, _: TokenId, _: Timestamp) -> Result<bool, StoreError> {
        match *self {}
    }
    async fn rotate(&self, _: TokenId, _: &Successor, _: Timestamp) -> Result<Rotation, StoreError> {
        match *self {}
    }
    async fn revoke_family(&self, _: TokenId, _: Timestamp) -> Result<Vec<TokenId>, StoreError> {
        match *self {}
    }
    async fn record_use(&self, _: &[TokenUse]) -> Result<(), StoreError> {
        match *self {}
    }
}
