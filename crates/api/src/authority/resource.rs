//! Projects and groups as the places of tokens, and what a caller may do there.

use narrowgate_catalog::Role;
use narrowgate_gitlab::Reference;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{Resource, TokenKind};

use super::error::AuthorityError;
use crate::caller::Caller;
use crate::state::ApiState;

/// What tokens that are not a person's belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// A project.
    Project,
    /// A group.
    Group,
}

impl ResourceKind {
    /// GitLab's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Group => "group",
        }
    }

    /// The tokens that belong to it.
    pub(super) const fn token_kind(self) -> TokenKind {
        match self {
            Self::Project => TokenKind::Project,
            Self::Group => TokenKind::Group,
        }
    }

    /// The least role that manages tokens and service accounts there.
    const fn manager(self) -> Role {
        match self {
            Self::Project => Role::Maintainer,
            Self::Group => Role::Owner,
        }
    }

    const fn missing(self) -> AuthorityError {
        AuthorityError::Missing {
            what: match self {
                Self::Project => "Project",
                Self::Group => "Group",
            },
        }
    }

    /// The error for a token that does not belong there.
    pub(super) const fn missing_token(self) -> AuthorityError {
        AuthorityError::Missing {
            what: match self {
                Self::Project => "project Access Token",
                Self::Group => "group Access Token",
            },
        }
    }
}

/// A project or group as one user sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which one.
    pub resource: Resource,
    /// The user's role there.
    pub role: Option<Role>,
    /// The ids of the groups above, nearest first.
    pub ancestors: Vec<u64>,
}

impl Place {
    /// The kind of it.
    #[must_use]
    pub const fn kind(&self) -> ResourceKind {
        match self.resource {
            Resource::Project(_) => ResourceKind::Project,
            Resource::Group(_) => ResourceKind::Group,
        }
    }

    /// The top-level group that it lies in, or is.
    #[must_use]
    pub fn root_group(&self) -> Option<u64> {
        let itself = match self.resource {
            Resource::Group(id) => Some(id),
            Resource::Project(_) => None,
        };
        self.ancestors.last().copied().or(itself)
    }

    /// Whether it is `outer`, or lies below it.
    #[must_use]
    pub fn lies_in(&self, outer: Resource) -> bool {
        self.resource == outer || matches!(outer, Resource::Group(id) if self.ancestors.contains(&id))
    }
}

/// A project or group in the eyes of a connection's user.
///
/// # Errors
/// `Missing` where that user may see none, and failures of the instance.
pub async fn place(
    state: &ApiState,
    connection: &Connection,
    kind: ResourceKind,
    reference: &Reference,
) -> Result<Place, AuthorityError> {
    let found = match kind {
        ResourceKind::Project => {
            let project = state.containers.project(connection, reference).await?;
            project.map(|facts| (Resource::Project(facts.id), facts.role, facts.ancestors.clone()))
        }
        ResourceKind::Group => {
            let group = state.containers.group(connection, reference).await?;
            group.map(|facts| (Resource::Group(facts.id), facts.role, facts.ancestors.clone()))
        }
    };
    let (resource, role, ancestors) = found.ok_or(kind.missing())?;
    Ok(Place { resource, role, ancestors })
}

impl Caller {
    /// The caller's own role at a place that its connection's user sees: administrators count as owners, and bots have
    /// the role that they were made with.
    pub(crate) fn role_at(&self, place: &Place) -> Option<Role> {
        match &self.token {
            Some(token) if !self.is_person() => {
                let level = token.resource.filter(|own| place.lies_in(*own)).and(token.access_level);
                level.map(|level| Role::from_access_level(level.into()))
            }
            _ if self.is_administrator() => Some(Role::Owner),
            _ => place.role,
        }
    }

    /// Whether the caller manages tokens and service accounts there.
    pub(crate) fn manages(&self, place: &Place) -> bool {
        self.role_at(place).is_some_and(|role| role >= place.kind().manager())
    }
}
