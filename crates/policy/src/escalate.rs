//! No token makes a token that can do more than itself.
//!
//! The rule is GitLab's: each requested grant must be covered by the union of the maker's grants that match its access.

use std::fmt;

use narrowgate_catalog::{PermissionSet, Scope, ScopeSet};

use crate::{Access, Grant, PermissionList};

/// The privileges of a token in plain form.
#[derive(Clone, Copy, Debug)]
pub enum Carried<'a> {
    /// Grants.
    FineGrained(&'a [Grant]),
    /// Legacy scopes.
    Legacy(ScopeSet),
}

/// A project or group that a requested grant selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Selected {
    /// A project by id.
    Project(u64),
    /// A group by id.
    Group(u64),
}

/// What the maker's owner is to a selected place. The default is for what could not be found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing<'a> {
    /// The ids of the groups above it, nearest first.
    pub ancestors: &'a [u64],
    /// Whether the maker's owner is a member.
    pub member: bool,
}

/// Why a token may not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EscalationError {
    /// A requested grant exceeds the maker's.
    #[error("A granular token can only create tokens with equal or lesser permissions.")]
    Exceeds {
        /// Position of the grant in the request.
        grant: usize,
        /// What the maker lacks there.
        missing: PermissionList,
    },
    /// A fine-grained token asked for legacy scopes, or a legacy token without `api` for grants.
    #[error("A token without the `api` scope can only create tokens of its own kind.")]
    OtherKind,
    /// A requested scope is wider than the maker's.
    #[error("A token can only create tokens with scopes no wider than its own: `{}` is.", wider)]
    WiderScope {
        /// The first such scope.
        wider: Scope,
    },
}

/// Checks that a token with `wanted` may be made by one with `maker`.
///
/// `same_owner` says whether both act as one user: grants that speak of "my" projects or user mean nothing for another.
/// `standing` tells about a selected project or group.
///
/// # Errors
/// The first grant or scope that exceeds the maker's.
pub fn escalate<'a>(
    maker: Carried<'_>,
    wanted: Carried<'_>,
    same_owner: bool,
    standing: impl Fn(Selected) -> Standing<'a>,
) -> Result<(), EscalationError> {
    match (maker, wanted) {
        (Carried::Legacy(held), Carried::Legacy(wanted)) => check_scopes(held, wanted),
        (Carried::Legacy(held), Carried::FineGrained(_)) if held.contains(Scope::Api) => Ok(()),
        (Carried::Legacy(_), Carried::FineGrained(_)) | (Carried::FineGrained(_), Carried::Legacy(_)) => {
            Err(EscalationError::OtherKind)
        }
        (Carried::FineGrained(held), Carried::FineGrained(wanted)) => {
            let maker = Maker { grants: held, same_owner };
            wanted.iter().enumerate().try_for_each(|(at, grant)| maker.check(at, grant, &standing))
        }
    }
}

/// Each scope and those that it includes besides itself. Scopes that write include none that reads: `read_repository`
/// opens files and archives over the API, which `write_repository` does not. `sudo` and `admin_mode` are in no other scope: holding `api`
/// alone, nobody acts as another user.
const INCLUDED: [(Scope, &[Scope]); 2] = [
    (
        Scope::Api,
        &[
            Scope::ReadApi,
            Scope::ReadUser,
            Scope::ReadRepository,
            Scope::WriteRepository,
            Scope::ReadRegistry,
            Scope::WriteRegistry,
            Scope::ReadVirtualRegistry,
            Scope::WriteVirtualRegistry,
            Scope::CreateRunner,
            Scope::ManageRunner,
            Scope::AiFeatures,
            Scope::K8sProxy,
            Scope::SelfRotate,
            Scope::ReadServicePing,
        ],
    ),
    (Scope::ReadApi, &[Scope::ReadUser]),
];

/// Whether a token with `wide` can do all that one with `narrow` can.
#[must_use]
pub fn includes(wide: Scope, narrow: Scope) -> bool {
    wide == narrow || INCLUDED.iter().any(|(scope, within)| *scope == wide && within.contains(&narrow))
}

fn check_scopes(held: ScopeSet, wanted: ScopeSet) -> Result<(), EscalationError> {
    match wanted.iter().find(|wanted| !held.iter().any(|held| includes(held, *wanted))) {
        None => Ok(()),
        Some(wider) => Err(EscalationError::WiderScope { wider }),
    }
}

struct Maker<'a> {
    grants: &'a [Grant],
    same_owner: bool,
}

impl Maker<'_> {
    fn check<'s>(
        &self,
        at: usize,
        wanted: &Grant,
        standing: &impl Fn(Selected) -> Standing<'s>,
    ) -> Result<(), EscalationError> {
        let missing = match &wanted.access {
            Access::SelectedMemberships { projects, groups } => {
                let projects = projects.iter().copied().map(Selected::Project);
                let groups = groups.iter().copied().map(Selected::Group);
                projects
                    .chain(groups)
                    .map(|place| self.lacks_on(place, wanted, standing(place)))
                    .find(exceeds)
            }
            access => Some(self.lacks(wanted, |held| self.matches(held, access))),
        };
        match missing.filter(exceeds) {
            None => Ok(()),
            Some(missing) => Err(EscalationError::Exceeds { grant: at, missing: missing.iter().collect() }),
        }
    }

    /// What of `wanted` the union of the matching grants lacks.
    fn lacks(&self, wanted: &Grant, matches: impl Fn(&Access) -> bool) -> PermissionSet {
        let mut held = PermissionSet::EMPTY;
        let matching = self.grants.iter().filter(|grant| matches(&grant.access));
        matching.for_each(|grant| held.union_with(&grant.permissions));
        wanted.permissions.difference(&held)
    }

    fn matches(&self, held: &Access, wanted: &Access) -> bool {
        match wanted {
            Access::Instance => *held == Access::Instance,
            Access::PersonalProjects => {
                self.same_owner && matches!(held, Access::PersonalProjects | Access::AllMemberships)
            }
            other => self.same_owner && held == other,
        }
    }

    /// A selected place is covered by itself, by a group above it, or by all memberships if it is one.
    fn lacks_on(&self, place: Selected, wanted: &Grant, standing: Standing<'_>) -> PermissionSet {
        let above = |groups: &[u64]| standing.ancestors.iter().any(|id| groups.contains(id));
        self.lacks(wanted, |held| match held {
            Access::AllMemberships => standing.member,
            Access::SelectedMemberships { projects, groups } => match place {
                Selected::Project(id) => projects.contains(&id) || above(groups),
                Selected::Group(id) => groups.contains(&id) || above(groups),
            },
            Access::PersonalProjects | Access::User | Access::Instance => false,
        })
    }
}

fn exceeds(missing: &PermissionSet) -> bool {
    !missing.is_empty()
}

impl fmt::Display for Selected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project(id) => write!(f, "project {id}"),
            Self::Group(id) => write!(f, "group {id}"),
        }
    }
}
