//! A permission as people see it.

use std::fmt;

use serde::Serialize;

use crate::{BoundaryType, PermissionId, Role};

/// One action on one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// Its number in this catalogue.
    #[serde(skip)]
    pub id: PermissionId,
    /// The name on the wire: `read_job`.
    pub name: String,
    /// The action as GitLab shows it: `Read`.
    pub action: String,
    /// The resource as GitLab shows it: `Job`.
    pub resource: String,
    /// The category as GitLab shows it: `CI/CD`.
    pub category: String,
    /// What the resource is, in one line.
    pub about: String,
    /// What it can be granted on, in check order.
    pub boundaries: Vec<BoundaryType>,
    /// The least role that GitLab asks for; [`Role::NoAccess`] where only the user boundary applies.
    pub role: Role,
    /// Whether each use of it goes to the audit log.
    pub dangerous: bool,
}

impl Permission {
    /// `Job: Read`, the form GitLab uses in refusals.
    pub fn display(&self) -> impl fmt::Display + '_ {
        Shown(self)
    }
}

struct Shown<'a>(&'a Permission);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.resource, self.0.action)
    }
}
