//! What tokens belong to that are not a person's.

/// The project or group that a token or bot belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// A project.
    Project(u64),
    /// A group.
    Group(u64),
}

impl Resource {
    /// The kind as stored and in GitLab's `resource_type`.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Project(_) => "project",
            Self::Group(_) => "group",
        }
    }

    /// GitLab's id of it.
    #[must_use]
    pub const fn id(self) -> u64 {
        match self {
            Self::Project(id) | Self::Group(id) => id,
        }
    }

    /// The project or group of that kind and id.
    #[must_use]
    pub fn of_kind(kind: &str, id: u64) -> Option<Self> {
        match kind {
            "project" => Some(Self::Project(id)),
            "group" => Some(Self::Group(id)),
            _ => None,
        }
    }
}

/// The job that a token was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobRef {
    /// The job's project.
    pub project_id: u64,
    /// The job.
    pub job_id: u64,
}
