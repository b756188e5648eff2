//! Connections: how Narrowgate acts on an instance as one GitLab identity.

use async_trait::async_trait;
use narrowgate_secret::Sealed;

use crate::error::StoreError;
use crate::ids::{ConnectionId, TenantId};
use crate::time::Timestamp;

/// One identity on one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The instance's base URL.
    pub instance_url: String,
    /// The identity's id on the instance.
    pub user_id: u64,
    /// The identity's user name.
    pub username: String,
    /// Whether the identity administers the instance.
    pub administrator: bool,
    /// The upstream credential, sealed for [`credential_context`].
    pub credential: Sealed,
    /// The credential's scopes, by GitLab's names.
    pub credential_scopes: Vec<String>,
    /// When the credential expires.
    pub credential_expires_at: Option<Timestamp>,
    /// How the credential fared when it was last used.
    pub health: Health,
    /// When it was connected.
    pub created_at: Timestamp,
    /// When any of this last changed.
    pub updated_at: Timestamp,
}

/// What [`ConnectionRepository::add`] takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewConnection {
    /// Whose it is.
    pub tenant: TenantId,
    /// The instance's base URL, in one spelling.
    pub instance_url: String,
    /// The identity's id on the instance.
    pub user_id: u64,
    /// The identity's user name.
    pub username: String,
    /// Whether the identity administers the instance.
    pub administrator: bool,
    /// The upstream credential.
    pub credential: Credential,
}

/// An upstream credential and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The credential, sealed for [`credential_context`].
    pub sealed: Sealed,
    /// Its scopes, by GitLab's names.
    pub scopes: Vec<String>,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
}

/// How a connection's credential fared when it was last used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Health {
    /// The instance took it.
    Healthy,
    /// The instance could not be reached.
    Unreachable,
    /// The instance refused it.
    Unauthorized,
    /// The instance has blocked the user.
    Blocked,
}

impl Health {
    const ALL: [Self; 4] = [Self::Healthy, Self::Unreachable, Self::Unauthorized, Self::Blocked];

    /// The name as stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Unreachable => "unreachable",
            Self::Unauthorized => "unauthorized",
            Self::Blocked => "blocked",
        }
    }

    /// The health of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|health| health.as_str() == name)
    }
}

/// What a credential is sealed for: one user of one instance in one tenant. A sealed value that was moved to another
/// row therefore opens nothing.
#[must_use]
pub fn credential_context(tenant: TenantId, instance_url: &str, user_id: u64) -> Vec<u8> {
    format!("narrowgate credential\n{tenant}\n{user_id}\n{instance_url}").into_bytes()
}

impl Connection {
    /// What this connection's credential is sealed for.
    #[must_use]
    pub fn credential_context(&self) -> Vec<u8> {
        credential_context(self.tenant, &self.instance_url, self.user_id)
    }
}

/// Stores connections.
#[async_trait]
pub trait ConnectionRepository: Send + Sync {
    /// The connection with that id, unless it was removed.
    async fn lookup(&self, id: ConnectionId) -> Result<Option<Connection>, StoreError>;

    /// The connection of one user of one instance.
    async fn find_by_user(
        &self,
        tenant: TenantId,
        instance_url: &str,
        user_id: u64,
    ) -> Result<Option<Connection>, StoreError>;

    /// Every connection of a tenant, oldest first.
    async fn list(&self, tenant: TenantId) -> Result<Vec<Connection>, StoreError>;

    /// Adds a connection in good health.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user of that instance is connected already.
    async fn add(&self, new: &NewConnection) -> Result<Connection, StoreError>;

    /// Replaces the credential, which also makes the connection healthy. `false` when there is no such connection.
    async fn replace_credential(
        &self,
        id: ConnectionId,
        credential: &Credential,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Notes how the credential fared. `false` when nothing changed by it.
    async fn set_health(&self, id: ConnectionId, health: Health, at: Timestamp) -> Result<bool, StoreError>;

    /// Removes a connection: its credential is erased and its tokens are revoked, while their rows stay for audits.
    /// `false` when there is no such connection.
    async fn remove(&self, id: ConnectionId, at: Timestamp) -> Result<bool, StoreError>;
}
