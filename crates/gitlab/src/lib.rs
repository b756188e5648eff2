//! Client of a GitLab instance and the directory of its projects, groups and memberships.
//!
//! [`Client`] asks one instance single questions; [`Directory`] answers "where does this project stand, and who is
//! the owner there" from a short-lived cache, so that a busy gate asks the instance once and not once a request.

pub mod client;
pub mod directory;
pub mod error;
pub mod model;
pub mod reference;
pub mod url;

pub use crate::client::{Client, ClientConfig, ClientSetupError};
pub use crate::directory::{
    Candidate, Container, Directory, DirectoryConfig, GroupFacts, Identity, ProjectFacts, Questions,
};
pub use crate::error::GitlabError;
pub use crate::model::{
    Group, Namespace, NamespaceKind, Project, Snippet, TokenSelf, User, Version, Visibility,
};
pub use crate::reference::{ParseReferenceError, Reference};
pub use crate::url::{InstanceUrl, ParseInstanceUrlError};
