//! A webhook as this API shows it.

use narrowgate_store::time::Timestamp;
use narrowgate_store::webhooks::{Delivery, Webhook};
use serde::Serialize;
use utoipa::ToSchema;

/// A receiver of signed messages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(in crate::own) struct WebhookView {
    /// Its id.
    id: i64,
    /// Where messages are sent.
    url: String,
    /// The events that it hears of.
    events: Vec<String>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// What messages are signed with; shown once, when it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// The latest messages, newest first; when one webhook is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    deliveries: Option<Vec<DeliveryView>>,
}

/// A message and where it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(in crate::own) struct DeliveryView {
    /// Its id, as in the header of the message.
    id: i64,
    /// The event.
    event: String,
    /// `pending`, `delivered` or `failed`.
    state: &'static str,
    /// How often it was tried.
    attempt: u32,
    /// When it is tried next, while it is pending.
    #[schema(value_type = String, format = DateTime)]
    next_attempt_at: Timestamp,
    /// Why the last attempt failed.
    last_error: Option<String>,
    /// When the event happened.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl WebhookView {
    pub(super) fn of(webhook: &Webhook) -> Self {
        Self {
            id: webhook.id.0,
            url: webhook.url.clone(),
            events: webhook.events.clone(),
            created_at: webhook.created_at,
            secret: None,
            deliveries: None,
        }
    }

    pub(super) fn with_secret(self, secret: String) -> Self {
        Self { secret: Some(secret), ..self }
    }

    pub(super) fn with_deliveries(self, deliveries: &[Delivery]) -> Self {
        Self { deliveries: Some(deliveries.iter().map(DeliveryView::of).collect()), ..self }
    }
}

impl DeliveryView {
    fn of(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id.0,
            event: delivery.event.clone(),
            state: delivery.state.as_str(),
            attempt: delivery.attempt,
            next_attempt_at: delivery.next_attempt_at,
            last_error: delivery.last_error.clone(),
            created_at: delivery.created_at,
        }
    }
}
