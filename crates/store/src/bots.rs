//! Bots: what tokens of projects and groups act as.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::ids::{BotId, ConnectionId, TenantId};
use crate::time::Timestamp;
use crate::tokens::Resource;

/// The bot of one token of a project or group. It acts through a connection, and is a member of nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    /// Its id, in the place of a GitLab user's.
    pub id: BotId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The connection it acts through.
    pub connection: ConnectionId,
    /// The project or group that it is a member of.
    pub resource: Resource,
    /// Its user name: `project_20_bot_4ffca233d8298ea1`.
    pub username: String,
    /// The name that people see.
    pub name: String,
    /// Its role, as GitLab's `access_level`.
    pub access_level: u8,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What [`BotRepository::add`] takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBot {
    /// Whose it is.
    pub tenant: TenantId,
    /// The connection it acts through.
    pub connection: ConnectionId,
    /// The project or group that it is a member of.
    pub resource: Resource,
    /// Its user name, which nobody else in the tenant may have.
    pub username: String,
    /// The name that people see.
    pub name: String,
    /// Its role, as GitLab's `access_level`.
    pub access_level: u8,
}

/// Stores bots. They stay when their tokens are revoked, because audits name them.
#[async_trait]
pub trait BotRepository: Send + Sync {
    /// The bot with that id.
    async fn lookup(&self, id: BotId) -> Result<Option<Bot>, StoreError>;

    /// The bots of a project or group, oldest first.
    async fn list(&self, tenant: TenantId, resource: Resource) -> Result<Vec<Bot>, StoreError>;

    /// Adds a bot.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the user name is taken or the connection doesn't exist.
    async fn add(&self, new: &NewBot) -> Result<Bot, StoreError>;
}
