//! GraphQL schemas of the connections' instances, kept so that a restart need not ask for them again.

use std::fmt;

use async_trait::async_trait;

use crate::error::StoreError;
use crate::ids::ConnectionId;
use crate::time::Timestamp;

/// The SHA-256 digest of a schema's text, by which texts are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SchemaDigest(pub [u8; 32]);

impl fmt::Debug for SchemaDigest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(out, "SchemaDigest({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}

/// Which schema a connection has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaUse {
    /// The schema.
    pub digest: SchemaDigest,
    /// When the instance was last asked.
    pub fetched_at: Timestamp,
}

/// Stores the schemas of connections, each text once. It is a cache: the change log says nothing of it.
#[async_trait]
pub trait GraphqlSchemaRepository: Send + Sync {
    /// The schema of a connection.
    async fn lookup(&self, connection: ConnectionId) -> Result<Option<SchemaUse>, StoreError>;

    /// The text of a schema.
    async fn text(&self, digest: SchemaDigest) -> Result<Option<String>, StoreError>;

    /// Replaces the schema of a connection. Texts that no connection has any more are removed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the connection doesn't exist.
    async fn put(&self, connection: ConnectionId, text: &str, at: Timestamp)
    -> Result<SchemaUse, StoreError>;
}
