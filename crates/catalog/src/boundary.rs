//! What a check applies to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of thing a permission is checked on, in the order in which alternatives are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundaryType {
    /// One project.
    Project,
    /// One group.
    Group,
    /// The token's owner.
    User,
    /// The whole instance.
    Instance,
}

impl BoundaryType {
    /// All four, in check order.
    pub const ALL: [Self; 4] = [Self::Project, Self::Group, Self::User, Self::Instance];

    /// The word GitLab uses in refusals: `project`, `group`, `user` or `instance`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Group => "group",
            Self::User => "user",
            Self::Instance => "instance",
        }
    }
}

impl fmt::Display for BoundaryType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
