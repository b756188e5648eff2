//! GitLab's roles and their access levels.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a member may do, least first. The numbers are GitLab's `access_level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Role {
    /// Explicitly without access.
    NoAccess = 0,
    /// May see that the group exists.
    MinimalAccess = 5,
    /// Reads public parts and opens issues.
    Guest = 10,
    /// Plans work.
    Planner = 15,
    /// Reads code and reports.
    Reporter = 20,
    /// Handles security findings.
    SecurityManager = 25,
    /// Writes code.
    Developer = 30,
    /// Configures the project.
    Maintainer = 40,
    /// Owns the project or group.
    Owner = 50,
    /// Administers the instance.
    Admin = 60,
}

impl Role {
    /// The role at or below an access level that GitLab sent; levels between two roles count as the lower one.
    #[must_use]
    pub const fn from_access_level(level: u64) -> Self {
        match level {
            60.. => Self::Admin,
            50.. => Self::Owner,
            40.. => Self::Maintainer,
            30.. => Self::Developer,
            25.. => Self::SecurityManager,
            20.. => Self::Reporter,
            15.. => Self::Planner,
            10.. => Self::Guest,
            5.. => Self::MinimalAccess,
            _ => Self::NoAccess,
        }
    }

    /// GitLab's `access_level`.
    #[must_use]
    pub const fn access_level(self) -> u8 {
        self as u8
    }

    /// The role's name as GitLab shows it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAccess => "No access",
            Self::MinimalAccess => "Minimal Access",
            Self::Guest => "Guest",
            Self::Planner => "Planner",
            Self::Reporter => "Reporter",
            Self::SecurityManager => "Security Manager",
            Self::Developer => "Developer",
            Self::Maintainer => "Maintainer",
            Self::Owner => "Owner",
            Self::Admin => "Administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
