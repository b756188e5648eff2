//! What is asked: needs, located by the caller.

use narrowgate_catalog::{BoundaryType, PermissionId, Role, ScopeSet};

use crate::Micros;

/// One operation, with everything that the decision rests on.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What the operation demands; all must hold. Without any, a fine-grained token is refused.
    pub needs: &'a [LocatedNeed<'a>],
    /// The legacy scopes any of which admits the operation.
    pub scopes: ScopeSet,
    /// The time of the request.
    pub now: Micros,
    /// Whether public reads need no grant.
    pub public_reads: bool,
    /// Whether the operation can be checked against grants at all.
    pub fine_grained_supported: bool,
}

/// One need and the places that it may be met on.
#[derive(Clone, Copy, Debug)]
pub struct LocatedNeed<'a> {
    /// The permissions, all of which the token needs on one place. Without any, the need never holds.
    pub permissions: &'a [PermissionId],
    /// The alternatives that the request names, in the order project, group, user, instance. Where one name may mean a
    /// project or a group, the one that was found stands alone.
    pub places: &'a [Place<'a>],
    /// Whether anyone may do this on a public place.
    pub public_read: bool,
}

/// A boundary that the caller has looked up.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// A project that the owner may see.
    Project(Located<'a>),
    /// A group that the owner may see.
    Group(Located<'a>),
    /// The token's owner.
    User,
    /// The instance.
    Instance,
    /// What was named does not exist, could not be located, or may not be seen by the owner.
    NotFound(BoundaryType),
}

impl Place<'_> {
    /// The kind of boundary.
    #[must_use]
    pub const fn boundary(&self) -> BoundaryType {
        match self {
            Self::Project(_) => BoundaryType::Project,
            Self::Group(_) => BoundaryType::Group,
            Self::User => BoundaryType::User,
            Self::Instance => BoundaryType::Instance,
            Self::NotFound(boundary) => *boundary,
        }
    }

    /// The project or group behind it.
    #[must_use]
    pub const fn located(&self) -> Option<&Located<'_>> {
        match self {
            Self::Project(located) | Self::Group(located) => Some(located),
            Self::User | Self::Instance | Self::NotFound(_) => None,
        }
    }

    /// Whether the owner may know that it exists.
    #[must_use]
    pub const fn is_visible(&self) -> bool {
        !matches!(self, Self::NotFound(_))
    }
}

/// Facts about a project or group.
#[derive(Clone, Copy, Debug, Default)]
pub struct Located<'a> {
    /// Its id.
    pub id: u64,
    /// The ids of the groups above it, nearest first; a group is not among its own.
    pub ancestors: &'a [u64],
    /// The owner's role there, direct or inherited.
    pub role: Option<Role>,
    /// Whether it lies in the owner's own namespace.
    pub personal: bool,
    /// Whether everybody may see it.
    pub public: bool,
    /// Whether its top-level group takes fine-grained tokens only.
    pub enforced: bool,
}

impl Located<'_> {
    /// Whether the owner is a member.
    #[must_use]
    pub fn is_membership(&self) -> bool {
        self.role.is_some_and(|role| role > Role::NoAccess)
    }
}
