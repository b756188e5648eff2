//! Asks an instance whether it still takes a connection's credential.

use std::sync::Arc;

use async_trait::async_trait;
use narrowgate_gitlab::{Client, GitlabError, User};
use narrowgate_secret::KeyRing;
use narrowgate_store::connections::{Connection, Health};

/// What an instance says about a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probed {
    /// It takes the credential.
    Healthy,
    /// It refuses the credential.
    Unauthorized,
    /// It has blocked the user.
    Blocked,
    /// It says nothing, or nothing about the credential.
    Unknown,
}

impl Probed {
    /// As noted in the store.
    #[must_use]
    pub const fn health(self) -> Health {
        match self {
            Self::Healthy => Health::Healthy,
            Self::Unauthorized => Health::Unauthorized,
            Self::Blocked => Health::Blocked,
            Self::Unknown => Health::Unreachable,
        }
    }

    /// Whether it says that the connection is of no use any more.
    #[must_use]
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Unauthorized | Self::Blocked)
    }
}

/// Asks instances.
#[async_trait]
pub trait Probe: Send + Sync {
    /// What the instance says about a connection now.
    async fn probe(&self, connection: &Connection) -> Probed;
}

/// Asks with `GET /user`, with each connection's own credential.
#[derive(Clone)]
pub struct DirectoryProbe {
    client: Client,
    keys: Arc<KeyRing>,
}

impl DirectoryProbe {
    /// The client of the one instance that is served, and the keys to its connections' credentials.
    #[must_use]
    pub const fn new(client: Client, keys: Arc<KeyRing>) -> Self {
        Self { client, keys }
    }
}

#[async_trait]
impl Probe for DirectoryProbe {
    async fn probe(&self, connection: &Connection) -> Probed {
        if connection.instance_url != self.client.instance().as_str() {
            return Probed::Unknown;
        }
        match self.keys.open(&connection.credential, &connection.credential_context()) {
            Ok(credential) => judge(connection, self.client.current_user(&credential).await),
            Err(error) => {
                // That says something about this node's keys, and nothing about the connection.
                tracing::error!(connection.id = connection.id.0, %error, "A credential cannot be unsealed");
                Probed::Unknown
            }
        }
    }
}

/// Only what the instance itself says about the credential or the user counts.
fn judge(connection: &Connection, answer: Result<User, GitlabError>) -> Probed {
    match answer {
        Ok(user) if user.id != connection.user_id => Probed::Unauthorized,
        Ok(user) if is_blocked(&user.state) => Probed::Blocked,
        Ok(_) => Probed::Healthy,
        Err(GitlabError::Refused { status: 401 }) => Probed::Unauthorized,
        Err(GitlabError::Refused { .. }) => Probed::Blocked,
        Err(error) => {
            tracing::debug!(connection.id = connection.id.0, %error, "The health of a connection is unknown");
            Probed::Unknown
        }
    }
}

/// GitLab's states of users who may not sign in.
fn is_blocked(state: &str) -> bool {
    matches!(state, "blocked" | "ldap_blocked" | "banned" | "deactivated" | "blocked_pending_approval")
}
