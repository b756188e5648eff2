//! A store that fails on purpose.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use narrowgate_secret::TokenDigest;
use narrowgate_store::allowlist::{Allowlist, AllowlistRepository, ProjectKey};
use narrowgate_store::audit::{
    AuditEvent, AuditFilter, AuditHead, AuditRepository, RecordedEvent, Verification,
};
use narrowgate_store::bots::{Bot, BotRepository, NewBot};
use narrowgate_store::changes::{Change, ChangeRepository};
use narrowgate_store::connections::{Connection, ConnectionRepository, Credential, Health, NewConnection};
use narrowgate_store::graphql_schemas::{GraphqlSchemaRepository, SchemaDigest, SchemaUse};
use narrowgate_store::policies::{PolicyRepository, PolicyScope, StoredPolicy, TokenPolicy};
use narrowgate_store::time::{Date, Timestamp};
use narrowgate_store::tokens::{
    Edit, NewGrants, NewToken, Resource, Revocation, Rotation, Successor, Token, TokenFilter,
    TokenRepository, TokenUse,
};
use narrowgate_store::webhooks::{Delivery, NewWebhook, StreamedMessage, Webhook, WebhookRepository};
use narrowgate_store::{
    BotId, ConnectionId, DeliveryId, Page, Paged, Sequence, Store, StoreError, TenantId, TokenId, WebhookId,
};
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

    async fn list_after(&self, filter: &TokenFilter, limit: u32) -> Result<Vec<Token>, StoreError> {
        self.tokens()?.list_after(filter, limit).await
    }

    async fn replace_grants(
        &self,
        id: TokenId,
        revision: i64,
        new: &NewGrants,
        at: Timestamp,
    ) -> Result<Edit, StoreError> {
        self.tokens()?.replace_grants(id, revision, new, at).await
    }

    async fn revoke(&self, id: TokenId, why: Revocation) -> Result<bool, StoreError> {
        self.tokens()?.revoke(id, why).await
    }

    async fn revoke_many(&self, filter: &TokenFilter, why: Revocation) -> Result<Vec<TokenId>, StoreError> {
        self.tokens()?.revoke_many(filter, why).await
    }

    async fn expiring(&self, today: Date, days_ahead: u32, limit: u32) -> Result<Vec<Token>, StoreError> {
        self.tokens()?.expiring(today, days_ahead, limit).await
    }

    async fn mark_warned(&self, id: TokenId, days_ahead: u32, at: Timestamp) -> Result<bool, StoreError> {
        self.tokens()?.mark_warned(id, days_ahead, at).await
    }

    async fn rotate(
        &self,
        id: TokenId,
        successor: &Successor,
        at: Timestamp,
    ) -> Result<Rotation, StoreError> {
        self.tokens()?.rotate(id, successor, at).await
    }

    async fn revoke_family(&self, id: TokenId, why: Revocation) -> Result<Vec<TokenId>, StoreError> {
        self.tokens()?.revoke_family(id, why).await
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

    async fn since(&self, tenant: TenantId, id: i64, limit: u32) -> Result<Vec<RecordedEvent>, StoreError> {
        self.audit()?.since(tenant, id, limit).await
    }

    async fn head(&self) -> Result<AuditHead, StoreError> {
        self.audit()?.head().await
    }

    async fn verify(&self, kept: Option<AuditHead>) -> Result<Verification, StoreError> {
        self.audit()?.verify(kept).await
    }
}

#[async_trait]
impl BotRepository for Flaky {
    async fn lookup(&self, id: BotId) -> Result<Option<Bot>, StoreError> {
        self.inner.bots().lookup(id).await
    }

    async fn list(&self, tenant: TenantId, resource: Resource) -> Result<Vec<Bot>, StoreError> {
        self.inner.bots().list(tenant, resource).await
    }

    async fn add(&self, new: &NewBot) -> Result<Bot, StoreError> {
        self.inner.bots().add(new).await
    }
}

#[async_trait]
impl PolicyRepository for Flaky {
    async fn lookup(&self, scope: &PolicyScope) -> Result<Option<StoredPolicy>, StoreError> {
        self.inner.policies().lookup(scope).await
    }

    async fn list(&self, tenant: TenantId) -> Result<Vec<StoredPolicy>, StoreError> {
        self.inner.policies().list(tenant).await
    }

    async fn put(&self, scope: &PolicyScope, policy: &TokenPolicy, at: Timestamp) -> Result<(), StoreError> {
        self.inner.policies().put(scope, policy, at).await
    }

    async fn remove(&self, scope: &PolicyScope, at: Timestamp) -> Result<bool, StoreError> {
        self.inner.policies().remove(scope, at).await
    }
}

#[async_trait]
impl AllowlistRepository for Flaky {
    async fn lookup(&self, project: &ProjectKey) -> Result<Allowlist, StoreError> {
        self.inner.allowlists().lookup(project).await
    }

    async fn put(
        &self,
        project: &ProjectKey,
        target: Resource,
        policies: Option<&[String]>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner.allowlists().put(project, target, policies, at).await
    }

    async fn remove(
        &self,
        project: &ProjectKey,
        target: Resource,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.inner.allowlists().remove(project, target, at).await
    }

    async fn set_push(&self, project: &ProjectKey, push: bool, at: Timestamp) -> Result<(), StoreError> {
        self.inner.allowlists().set_push(project, push, at).await
    }
}

#[async_trait]
impl WebhookRepository for Flaky {
    async fn lookup(&self, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
        self.inner.webhooks().lookup(id).await
    }

    async fn list(&self, tenant: TenantId) -> Result<Vec<Webhook>, StoreError> {
        self.inner.webhooks().list(tenant).await
    }

    async fn add(&self, new: &NewWebhook) -> Result<Webhook, StoreError> {
        self.inner.webhooks().add(new).await
    }

    async fn update(&self, before: &Webhook, after: &NewWebhook, at: Timestamp) -> Result<bool, StoreError> {
        self.inner.webhooks().update(before, after, at).await
    }

    async fn streamed(&self, tenant: TenantId) -> Result<i64, StoreError> {
        self.inner.webhooks().streamed(tenant).await
    }

    async fn advance_stream(
        &self,
        tenant: TenantId,
        from: i64,
        to: i64,
        messages: &[StreamedMessage],
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.inner.webhooks().advance_stream(tenant, from, to, messages, at).await
    }

    async fn remove(&self, id: WebhookId, at: Timestamp) -> Result<bool, StoreError> {
        self.inner.webhooks().remove(id, at).await
    }

    async fn enqueue(
        &self,
        tenant: TenantId,
        event: &str,
        body: &str,
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        self.inner.webhooks().enqueue(tenant, event, body, at).await
    }

    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        self.inner.webhooks().claim(now, lease, limit).await
    }

    async fn delivered(&self, id: DeliveryId) -> Result<(), StoreError> {
        self.inner.webhooks().delivered(id).await
    }

    async fn failed(&self, id: DeliveryId, error: &str, next: Option<Timestamp>) -> Result<(), StoreError> {
        self.inner.webhooks().failed(id, error, next).await
    }

    async fn deliveries(&self, webhook: WebhookId, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        self.inner.webhooks().deliveries(webhook, limit).await
    }

    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.inner.webhooks().forget_deliveries(before).await
    }
}

#[async_trait]
impl GraphqlSchemaRepository for Flaky {
    async fn lookup(&self, connection: ConnectionId) -> Result<Option<SchemaUse>, StoreError> {
        self.inner.graphql_schemas().lookup(connection).await
    }

    async fn text(&self, digest: SchemaDigest) -> Result<Option<String>, StoreError> {
        self.inner.graphql_schemas().text(digest).await
    }

    async fn put(
        &self,
        connection: ConnectionId,
        text: &str,
        at: Timestamp,
    ) -> Result<SchemaUse, StoreError> {
        self.inner.graphql_schemas().put(connection, text, at).await
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
