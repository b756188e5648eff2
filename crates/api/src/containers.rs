//! Projects and groups as an owner sees them.

use std::sync::Arc;

use async_trait::async_trait;
use narrowgate_gitlab::{Directory, GitlabError, GroupFacts, Identity, ProjectFacts, Reference};
use narrowgate_secret::KeyRing;
use narrowgate_store::connections::Connection;
use serde_json::Value;

/// Why nothing could be learnt about a project or group.
#[derive(Debug, thiserror::Error)]
pub enum ContainersError {
    /// The instance did not answer as it should.
    #[error(transparent)]
    Instance(#[from] GitlabError),
    /// The connection's credential cannot be unsealed.
    #[error("the credential of connection {connection} cannot be unsealed: {reason}")]
    Credential {
        /// The connection.
        connection: i64,
        /// The reason, which names the key and not the credential.
        reason: String,
    },
    /// The connection leads to an instance that is not served here.
    #[error("connection {connection} leads to another instance")]
    OtherInstance {
        /// The connection.
        connection: i64,
    },
}

/// What the authority asks about an owner's projects and groups.
#[async_trait]
pub trait Containers: Send + Sync {
    /// A project, by number or path, as the connection's user sees it; none where the user may not see one.
    async fn project(
        &self,
        connection: &Connection,
        reference: &Reference,
    ) -> Result<Option<Arc<ProjectFacts>>, ContainersError>;

    /// A group, by number or path, as the connection's user sees it; none where the user may not see one.
    async fn group(
        &self,
        connection: &Connection,
        reference: &Reference,
    ) -> Result<Option<Arc<GroupFacts>>, ContainersError>;

    /// What the instance says at a path below `/api/v4`; none for 404.
    async fn get_json(&self, connection: &Connection, path: &str) -> Result<Option<Value>, ContainersError>;
}

/// [`Containers`] by way of the directory and each connection's own credential.
#[derive(Clone)]
pub struct DirectoryContainers {
    directory: Directory,
    keys: Arc<KeyRing>,
}

impl DirectoryContainers {
    /// The directory of the one instance that is served, and the keys to its connections' credentials.
    #[must_use]
    pub fn new(directory: Directory, keys: Arc<KeyRing>) -> Self {
        Self { directory, keys }
    }

    fn identity(&self, connection: &Connection) -> Result<Identity, ContainersError> {
        let id = connection.id.0;
        if connection.instance_url != self.directory.client().instance().as_str() {
            return Err(ContainersError::OtherInstance { connection: id });
        }
        let credential = self
            .keys
            .open(&connection.credential, &connection.credential_context())
            .map_err(|error| ContainersError::Credential { connection: id, reason: error.to_string() })?;
        let username = connection.username.clone();
        Ok(Identity { connection: id, user_id: connection.user_id, username, credential })
    }
}

#[async_trait]
impl Containers for DirectoryContainers {
    async fn project(
        &self,
        connection: &Connection,
        reference: &Reference,
    ) -> Result<Option<Arc<ProjectFacts>>, ContainersError> {
        Ok(self.directory.project(&self.identity(connection)?, reference).await?)
    }

    async fn group(
        &self,
        connection: &Connection,
        reference: &Reference,
    ) -> Result<Option<Arc<GroupFacts>>, ContainersError> {
        Ok(self.directory.group(&self.identity(connection)?, reference).await?)
    }

    async fn get_json(&self, connection: &Connection, path: &str) -> Result<Option<Value>, ContainersError> {
        let credential = self.identity(connection)?.credential;
        Ok(self.directory.client().get_json(&credential, path).await?)
    }
}
