//! Grants as stored: names rather than numbers, because a catalogue's numbers change with its files.

/// One grant: an access and the permissions on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StoredGrant {
    /// What it reaches.
    pub access: GrantAccess,
    /// The project it selects.
    pub project_id: Option<u64>,
    /// The group it selects.
    pub group_id: Option<u64>,
    /// Names of permissions.
    pub permissions: Vec<String>,
}

/// What a grant reaches, by GitLab's names (WIRE 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GrantAccess {
    /// The owner's own namespace.
    PersonalProjects,
    /// Everything the owner is a member of.
    AllMemberships,
    /// One project or one group with all below it.
    SelectedMemberships,
    /// The owner.
    User,
    /// The instance.
    Instance,
}

impl GrantAccess {
    const ALL: [Self; 5] =
        [Self::PersonalProjects, Self::AllMemberships, Self::SelectedMemberships, Self::User, Self::Instance];

    /// GitLab's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PersonalProjects => "personal_projects",
            Self::AllMemberships => "all_memberships",
            Self::SelectedMemberships => "selected_memberships",
            Self::User => "user",
            Self::Instance => "instance",
        }
    }

    /// The access of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|access| access.as_str() == name)
    }
}
