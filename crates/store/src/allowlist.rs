//! Allowlists: which projects' and groups' jobs may reach a project with their tokens (WIRE 10).

use async_trait::async_trait;

use crate::error::StoreError;
use crate::ids::TenantId;
use crate::time::Timestamp;
use crate::tokens::Resource;

/// How many entries an allowlist has at most, as GitLab's.
pub const MOST_ENTRIES: usize = 200;

/// A project of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProjectKey {
    /// Whose allowlist it is.
    pub tenant: TenantId,
    /// The instance.
    pub instance_url: String,
    /// The project.
    pub project_id: u64,
}

/// One project or group whose jobs a project lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowlistEntry {
    /// Whose jobs.
    pub target: Resource,
    /// For what, by GitLab's names (`READ_JOBS`); default permissions if absent.
    pub policies: Option<Vec<String>>,
    /// When it was added or last changed.
    pub updated_at: Timestamp,
}

/// What a project lets job tokens do. It always lets its own jobs in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowlist {
    /// Other projects and groups, in the order in which they were added.
    pub entries: Vec<AllowlistEntry>,
    /// Whether the project's own jobs may push to it.
    pub push: bool,
}

/// Stores allowlists.
#[async_trait]
pub trait AllowlistRepository: Send + Sync {
    /// The allowlist of a project; an empty one, where none was ever set.
    async fn lookup(&self, project: &ProjectKey) -> Result<Allowlist, StoreError>;

    /// Adds an entry, or replaces the one of the same target.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the allowlist is full, the target is the project itself, or a name is malformed.
    async fn put(
        &self,
        project: &ProjectKey,
        target: Resource,
        policies: Option<&[String]>,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Removes the entry of a target. `false` when there is none.
    async fn remove(&self, project: &ProjectKey, target: Resource, at: Timestamp)
    -> Result<bool, StoreError>;

    /// Sets whether the project's own jobs may push to it.
    async fn set_push(&self, project: &ProjectKey, push: bool, at: Timestamp) -> Result<(), StoreError>;
}
