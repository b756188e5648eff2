//! Sends messages over HTTP.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::redirect::Policy;

use super::message::Message;

/// Sends messages to webhooks.
#[async_trait]
pub trait Sender: Send + Sync {
    /// Sends a message and says with which status the receiver answered.
    async fn send(&self, message: &Message) -> Result<u16, SendError>;
}

/// Why there is no answer. Texts name no URL, which may hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No connection, or none that is trusted.
    #[error("the receiver cannot be reached: {0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("the receiver did not answer in time")]
    Timeout,
}

/// Sends by HTTP/1.1 and 2.
#[derive(Clone, Debug)]
pub struct HttpSender {
    http: reqwest::Client,
}

impl HttpSender {
    /// Sets the client up: it follows no redirect, takes no proxy from the environment, and gives up after `timeout`.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(timeout: Duration) -> Result<Self, SendError> {
        // An error says that the process has a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .user_agent(concat!("narrowgate/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(timeout)
            .timeout(timeout);
        builder.build().map(|http| Self { http }).map_err(|error| SendError::Unreachable(root_cause(&error)))
    }
}

#[async_trait]
impl Sender for HttpSender {
    async fn send(&self, message: &Message) -> Result<u16, SendError> {
        let request = self.http.post(&message.url).body(message.body.clone());
        let request =
            message.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        match request.send().await {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(error) if error.is_timeout() => Err(SendError::Timeout),
            Err(error) => Err(SendError::Unreachable(root_cause(&error))),
        }
    }
}

/// The innermost reason, which names neither URL nor header.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
