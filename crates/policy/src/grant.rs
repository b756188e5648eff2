//! Grants in plain form, as stored and as in the API.

use narrowgate_catalog::PermissionSet;

/// GitLab's granular scope: where, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Where the permissions apply.
    pub access: Access,
    /// What may be done there.
    pub permissions: PermissionSet,
}

/// Where a grant applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Projects in the owner's own namespace.
    PersonalProjects,
    /// Every project and group that the owner is a member of, direct or inherited.
    AllMemberships,
    /// These projects, and these groups with everything below them.
    SelectedMemberships {
        /// Project ids.
        projects: Vec<u64>,
        /// Group ids.
        groups: Vec<u64>,
    },
    /// The owner's own user.
    User,
    /// The instance.
    Instance,
}

impl Access {
    /// GitLab's name for it: `selected_memberships`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::PersonalProjects => "personal_projects",
            Self::AllMemberships => "all_memberships",
            Self::SelectedMemberships { .. } => "selected_memberships",
            Self::User => "user",
            Self::Instance => "instance",
        }
    }
}
