//! Git and LFS operations, which are told apart by service and repository, not by route.

use std::fmt;

use serde::Serialize;

/// A Git or LFS operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RepositoryOperation {
    /// What is done.
    pub service: RepositoryService,
    /// To which kind of repository.
    pub repository: RepositoryKind,
}

/// What is done to a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RepositoryService {
    /// Clone, fetch, archive: `git-upload-pack`.
    Fetch,
    /// `git-receive-pack`.
    Push,
    /// LFS batch `download` and its objects.
    LfsDownload,
    /// LFS batch `upload`, its objects and their verification.
    LfsUpload,
    /// Listing LFS locks.
    LfsLocksRead,
    /// Taking, verifying and releasing LFS locks.
    LfsLocksWrite,
}

impl RepositoryService {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Fetch,
        Self::Push,
        Self::LfsDownload,
        Self::LfsUpload,
        Self::LfsLocksRead,
        Self::LfsLocksWrite,
    ];

    /// The word used in the catalogue's files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Push => "push",
            Self::LfsDownload => "download",
            Self::LfsUpload => "upload",
            Self::LfsLocksRead => "read_locks",
            Self::LfsLocksWrite => "write_locks",
        }
    }

    /// Whether it belongs to LFS.
    #[must_use]
    pub const fn is_lfs(self) -> bool {
        !matches!(self, Self::Fetch | Self::Push)
    }
}

/// Which repository of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RepositoryKind {
    /// A project's code.
    Project,
    /// A project's wiki.
    ProjectWiki,
    /// A group's wiki.
    GroupWiki,
    /// A snippet of a user.
    PersonalSnippet,
    /// A snippet of a project.
    ProjectSnippet,
}

impl RepositoryKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Project, Self::ProjectWiki, Self::GroupWiki, Self::PersonalSnippet, Self::ProjectSnippet];

    /// The word used in the catalogue's files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::ProjectWiki => "project_wiki",
            Self::GroupWiki => "group_wiki",
            Self::PersonalSnippet => "personal_snippet",
            Self::ProjectSnippet => "project_snippet",
        }
    }
}

impl fmt::Display for RepositoryOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.repository.as_str(), self.service.as_str())
    }
}
