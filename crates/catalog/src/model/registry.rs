//! Container registry operations.

use serde::Serialize;

/// What is done to a container repository, or through the dependency proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistryOperation {
    /// Pull an image.
    Pull,
    /// Push an image.
    Push,
    /// Delete an image or tag.
    Delete,
    /// Pull an image through a group's dependency proxy.
    DependencyProxyPull,
}

impl RegistryOperation {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pull, Self::Push, Self::Delete, Self::DependencyProxyPull];

    /// The words used in the catalogue's files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Delete => "delete",
            Self::DependencyProxyPull => "dependency_proxy pull",
        }
    }
}
