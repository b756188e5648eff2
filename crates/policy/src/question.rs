//! What is asked: needs, located by the caller.

use std::net::IpAddr;

use narrowgate_catalog::{BoundaryType, JobPolicySet, JobTokenRule, PermissionId, Role, ScopeSet};

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
    /// Where the request came from.
    pub address: IpAddr,
    /// Whether public reads need no grant.
    pub public_reads: bool,
    /// Whether the operation can be checked against grants at all.
    pub fine_grained_supported: bool,
    /// On what terms the operation takes job tokens; `None` if it takes none.
    pub job_token: Option<JobTokenRule>,
    /// The refs that the operation writes.
    pub push: Push<'a>,
    /// Whom the request acts as, if not as the token's owner.
    pub acting_as: Option<ActingAs<'a>>,
    /// Whether the operation is about the presented token alone (`/personal_access_tokens/self`): where a project's or
    /// group's token is confined to does not matter then.
    pub itself: bool,
}

impl<'a> Question<'a> {
    /// A plain question: nobody else is acted as, no ref is written, job tokens are refused, and public reads need a
    /// grant.
    #[must_use]
    pub const fn new(needs: &'a [LocatedNeed<'a>], scopes: ScopeSet, now: Micros, address: IpAddr) -> Self {
        Self {
            needs,
            scopes,
            now,
            address,
            public_reads: false,
            fine_grained_supported: true,
            job_token: None,
            push: Push::Nothing,
            acting_as: None,
            itself: false,
        }
    }
}

/// The refs that an operation writes, for tokens that may write some refs only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Push<'a> {
    /// None.
    Nothing,
    /// Those of the commands that follow: the caller reads them and asks [`crate::check_refs`] before any is forwarded.
    ByCommand,
    /// These, by their full names.
    Refs(&'a [&'a [u8]]),
    /// The caller can't tell.
    Unknown,
}

/// The user that a request acts as (`Sudo`), and what that user is to the places of the question.
#[derive(Clone, Copy, Debug)]
pub struct ActingAs<'a> {
    /// Whether that user administers the instance.
    pub administrator: bool,
    /// For each need of the question, in order, its places in that user's eyes.
    pub places: &'a [&'a [Place<'a>]],
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
    /// The least role that it takes, by the catalogue. Tokens with a role of their own and requests that act as another
    /// user are held to it; of everybody else the instance asks it.
    pub role: Role,
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
    pub enforcement: Enforcement,
    /// What its allowlist says of the asking job's project. Of no matter for other tokens.
    pub job: JobAccess,
}

/// Whether a top-level group takes fine-grained tokens only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Enforcement {
    /// It takes legacy tokens too.
    #[default]
    Off,
    /// It takes them, and what would be refused is recorded.
    DryRun,
    /// It refuses them.
    On,
}

/// What a project lets the tokens of a job do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum JobAccess {
    /// The allowlist names neither the job's project nor a group above it.
    #[default]
    None,
    /// It is the job's own project.
    Own {
        /// Whether its jobs may push to it.
        push: bool,
    },
    /// The allowlist gives default permissions: all that is open to job tokens.
    Default,
    /// The allowlist gives these policies; the union, where several entries name the job's project.
    Policies(JobPolicySet),
}

impl Located<'_> {
    /// Whether the owner is a member.
    #[must_use]
    pub fn is_membership(&self) -> bool {
        self.role.is_some_and(|role| role > Role::NoAccess)
    }
}
