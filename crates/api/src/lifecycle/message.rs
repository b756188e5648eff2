//! A signed message to a webhook.

use narrowgate_secret::KeyRing;
use narrowgate_store::time::Timestamp;
use narrowgate_store::webhooks::{Webhook, webhook_context};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};

/// The header with the seconds since 1970 at which a message was sent: receivers refuse old ones.
pub const TIMESTAMP_HEADER: &str = "x-narrowgate-timestamp";
/// The header with `v1=` and the [`signature`].
pub const SIGNATURE_HEADER: &str = "x-narrowgate-signature";
/// The header with the event.
pub const EVENT_HEADER: &str = "x-narrowgate-event";
/// The header with the delivery's id, the same in each attempt: receivers pass over what they have seen.
pub const DELIVERY_HEADER: &str = "x-narrowgate-delivery";

/// A message, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where it goes.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
}

/// Why a message could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The webhook's secret was sealed with a key that is not there.
    #[error("the webhook's secret cannot be unsealed")]
    Unseal,
}

impl Message {
    /// Signs a body for a webhook, as sent now.
    ///
    /// # Errors
    /// When the webhook's secret cannot be unsealed.
    pub fn sign(
        keys: &KeyRing,
        webhook: &Webhook,
        delivery: &str,
        event: &str,
        body: String,
        now: Timestamp,
    ) -> Result<Self, SignError> {
        let context = webhook_context(webhook.tenant, &webhook.url);
        let secret = keys.open(&webhook.secret, &context).map_err(|error| {
            tracing::error!(webhook.id = webhook.id.0, %error, "The secret of a webhook cannot be unsealed");
            SignError::Unseal
        })?;
        let seconds = now.0.div_euclid(1_000_000).to_string();
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            (EVENT_HEADER, event.to_owned()),
            (DELIVERY_HEADER, delivery.to_owned()),
            (SIGNATURE_HEADER, format!("v1={}", signature(&secret, &seconds, &body))),
            (TIMESTAMP_HEADER, seconds),
        ];
        Ok(Self { url: webhook.url.clone(), headers, body })
    }
}

/// HMAC-SHA256 of the timestamp, a dot and the body, in hexadecimal digits. The timestamp is signed too, so that nobody can
/// send an old message as a new one.
#[must_use]
pub fn signature(secret: &SecretString, timestamp: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    let tag = hmac::sign(&key, format!("{timestamp}.{body}").as_bytes());
    tag.as_ref().iter().fold(String::with_capacity(64), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_documented() {
        // printf '1782000000.{"a":1}' | openssl dgst -sha256 -hmac secret-of-webhook
        let secret = SecretString::from("secret-of-webhook");
        let first = signature(&secret, "1782000000", r#"{"a":1}"#);
        assert_eq!(first, "7ddea5d91258f4f9efc658dbff2e30b83c2fb3afa77f2332b7b39177326b28d8");
        assert_ne!(first, signature(&secret, "1782000001", r#"{"a":1}"#));
    }
}
