//! A store that fails on purpose.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use narrowgate_secret::TokenDigest;
use narrowgate_store::audit::{AuditEvent, AuditFilter, AuditRepository, RecordedEvent};
use narrowgate_store::changes::{Change, ChangeRepository};
use narrowgate_store::connections::{Connection, ConnectionRepository, Credential, Health, NewConnection};
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::{
    NewToken, Rotation, Successor, Token, TokenFilter, TokenRepository, TokenUse,
};
use narrowgate_store::{ConnectionId, Page, Paged, Sequence, Store, StoreError, TenantId, TokenId};
use tokio::sync::watch;

/// Which parts are down.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) tokens: AtomicBool,
    pub(crate) audit: AtomicBool,
}

/// Passes everything on to a store that works, except what is down.
pub(crate) struct Flaky {
    pub(crate) inner: Store,
    pub(crate) faults: Arc<Faults>,
}

impl Flaky {
    fn tokens(&self) -> Result<&dyn TokenRepository, StoreError> {
        check(&self.faults.tokens).map(|()| self.inner.tokens())
    }

    fn audit(&self) -> Result<&dyn AuditRepository, StoreError> {
        check(&self.faults.audit).map(|()| self.inner.audit())
    }
}

fn check(down: &AtomicBool) -> Result<(), StoreError> {
    if down.load(Ordering::SeqCst) {
        Err(StoreError::Unavailable("database or disk is full".to_owned(), None))
    } else {
        Ok(())
    }
}

#[async_trait]
impl TokenRepository for Flaky {
    async fn lookup(&self, id: TokenId) -> Result<Option<Token>, StoreError> {
        self.tokens()?.lookup(id).await
    }

    async fn find_by_digest(&self, digest: &TokenDigest) -> Result<Option<Token>, StoreError> {
        self.tokens()?.find_by_digest(digest).await
    }

    async fn list(&self, filter: &TokenFilter, page: Page) -> Result<Paged<Token>, StoreError> {
        self.tokens()?.list(filter, page).await
    }

    async fn add(&self, new: &NewToken) -> Result<Token, StoreError> {
        self.tokens()?.add(new).await
    }

    async fn revoke(&self, id: TokenId, at: Timestamp) -> Result<bool, StoreError> {
        self.tokens()?.revoke(id, at).await
    }

    async fn rotate(
        &self,
        id: TokenId,
        successor: &Successor,
        at: Timestamp,
    ) -> Result<Rotation, StoreError> {
        self.tokens()?.rotate(id, successor, at).await
    }

    async fn revoke_family(&self, id: TokenId, at: Timestamp) -> Result<Vec<TokenId>, StoreError> {
        self.tokens()?.revoke_family(id, at).await
    }

    async fn record_use(&self, uses: &[TokenUse]) -> Result<(), StoreError> {
        self.tokens()?.record_use(uses).await
    }
}

#[async_trait]
impl AuditRepository for Flaky {
    async fn append(&self, events: &[AuditEvent]) -> Result<(), StoreError> {
        self.audit()?.append(events).await
    }

    async fn list(&self, filter: &AuditFilter, page: Page) -> Result<Paged<RecordedEvent>, StoreError> {
        self.audit()?.list(filter, page).await
    }
}

#[async_trait]
impl ConnectionRepository for Flaky {
    async fn lookup(&self, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
        self.inner.connections().lookup(id).await
    }

    async fn find_by_user(
        &self,
        tenant: TenantId,
        instance_url: &str,
        user_id: u64,
    ) -> Result<Option<Connection>, StoreError> {
        self.inner.connections().find_by_user(tenant, instance_url, user_id).await
    }

    async fn list(&self, tenant: TenantId) -> Result<Vec<Connection>, StoreError> {
        self.inner.connections().list(tenant).await
    }

    async fn add(&self, new: &NewConnection) -> Result<Connection, StoreError> {
        self.inner.connections().add(new).await
    }

    async fn replace_credential(
        &self,
        id: ConnectionId,
        credential: &Credential,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.inner.connections().replace_credential(id, credential, at).await
    }

    async fn set_health(&self, id: ConnectionId, health: Health, at: Timestamp) -> Result<bool, StoreError> {
        self.inner.connections().set_health(id, health, at).await
    }

    async fn remove(&self, id: ConnectionId, at: Timestamp) -> Result<bool, StoreError> {
        self.inner.connections().remove(id, at).await
    }
}

#[async_trait]
impl ChangeRepository for Flaky {
    async fn head(&self) -> Result<Sequence, StoreError> {
        self.inner.changes().head().await
    }

    async fn since(&self, position: Sequence, limit: u32) -> Result<Vec<Change>, StoreError> {
        self.inner.changes().since(position, limit).await
    }

    fn watch(&self) -> watch::Receiver<Sequence> {
        self.inner.changes().watch()
    }
}
