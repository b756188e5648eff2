//! Webhooks, and the messages that are on their way to them.

use async_trait::async_trait;
use narrowgate_secret::Sealed;
use std::time::Duration;

use crate::error::StoreError;
use crate::ids::{DeliveryId, TenantId, WebhookId};
use crate::time::Timestamp;

/// Whom events are sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Where messages are sent.
    pub url: String,
    /// What messages are signed with, sealed for [`webhook_context`].
    pub secret: Sealed,
    /// The events that it hears of, in the audit log's words; a word that ends in `.*` stands for all that begin so.
    pub events: Vec<String>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// What [`WebhookRepository::add`] and [`WebhookRepository::update`] take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWebhook {
    /// Whose it is.
    pub tenant: TenantId,
    /// Where messages are sent.
    pub url: String,
    /// What messages are signed with, sealed for [`webhook_context`].
    pub secret: Sealed,
    /// The events that it hears of.
    pub events: Vec<String>,
}

/// What a webhook's secret is sealed for: one URL in one tenant. A sealed value that was moved to another row therefore
/// opens nothing.
#[must_use]
pub fn webhook_context(tenant: TenantId, url: &str) -> Vec<u8> {
    format!("narrowgate webhook\n{tenant}\n{url}").into_bytes()
}

impl Webhook {
    /// Whether it hears of an event.
    #[must_use]
    pub fn hears(&self, event: &str) -> bool {
        self.events.iter().any(|word| match word.strip_suffix('*') {
            Some(beginning) => event.starts_with(beginning),
            None => word == event,
        })
    }
}

/// One message to one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Whom it is for.
    pub webhook: WebhookId,
    /// The event, in the audit log's words.
    pub event: String,
    /// What is sent.
    pub body: String,
    /// How often it was tried, the present attempt included.
    pub attempt: u32,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it is tried next, while it is pending.
    pub next_attempt_at: Timestamp,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When the event happened.
    pub created_at: Timestamp,
}

/// An event of the audit log on its way to the webhooks that hear of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamedMessage {
    /// The event, in the audit log's words.
    pub event: String,
    /// What is sent.
    pub body: String,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It waits for its next attempt.
    Pending,
    /// The receiver took it.
    Delivered,
    /// It was given up.
    Failed,
}

impl DeliveryState {
    const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    /// The name as stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// Stores webhooks and their deliveries.
#[async_trait]
pub trait WebhookRepository: Send + Sync {
    /// The webhook with that id.
    async fn lookup(&self, id: WebhookId) -> Result<Option<Webhook>, StoreError>;

    /// Every webhook of a tenant, oldest first.
    async fn list(&self, tenant: TenantId) -> Result<Vec<Webhook>, StoreError>;

    /// Adds a webhook.
    async fn add(&self, new: &NewWebhook) -> Result<Webhook, StoreError>;

    /// Changes a webhook of the same tenant that is still as it was read: where it sends, what it signs with, the events that
    /// it hears of. `false` when it isn't, or is gone. Messages that are on their way go where it sends now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a word is malformed.
    async fn update(&self, before: &Webhook, after: &NewWebhook, at: Timestamp) -> Result<bool, StoreError>;

    /// Removes a webhook and all its deliveries. `false` when there is none.
    async fn remove(&self, id: WebhookId, at: Timestamp) -> Result<bool, StoreError>;

    /// Makes one delivery for each webhook of a tenant that hears of an event, and says how many.
    async fn enqueue(
        &self,
        tenant: TenantId,
        event: &str,
        body: &str,
        at: Timestamp,
    ) -> Result<u32, StoreError>;

    /// Up to which place of the audit log a tenant's events went to its webhooks.
    async fn streamed(&self, tenant: TenantId) -> Result<i64, StoreError>;

    /// Moves that place from `from` to `to`, and makes the deliveries of the events between, both or neither. `false` when
    /// the place is not `from` any more: somebody else moved it.
    async fn advance_stream(
        &self,
        tenant: TenantId,
        from: i64,
        to: i64,
        messages: &[StreamedMessage],
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Takes pending deliveries whose time has come, the longest waiting first, and counts the attempt. Nobody else is
    /// given them for as long as `lease` lasts, after which they are due again.
    async fn claim(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Delivery>, StoreError>;

    /// Notes that a delivery was taken by its receiver.
    async fn delivered(&self, id: DeliveryId) -> Result<(), StoreError>;

    /// Notes that an attempt failed; without a next one, the delivery is given up.
    async fn failed(&self, id: DeliveryId, error: &str, next: Option<Timestamp>) -> Result<(), StoreError>;

    /// The latest deliveries of a webhook, newest first.
    async fn deliveries(&self, webhook: WebhookId, limit: u32) -> Result<Vec<Delivery>, StoreError>;

    /// Removes deliveries that are not pending and whose event happened before then; says how many.
    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64, StoreError>;
}
