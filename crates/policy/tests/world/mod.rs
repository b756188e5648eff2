//! A small random world, in the plainest words: sets, and no preparation.

mod draw;
mod real;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use narrowgate_catalog::{BoundaryType, JobPolicy, Role, Scope};
use narrowgate_policy::Reason;

pub(crate) use draw::{bearers, grants, questions, worlds};
pub(crate) use real::{permission, real_grants};

/// Groups and projects share one range of ids, so that taking one for the other shows.
pub(crate) const IDS: u64 = 6;
/// Few permissions, so that unions matter; spread over several words of a set.
pub(crate) const PERMISSIONS: [usize; 6] = [0, 1, 63, 64, 130, 1023];
pub(crate) const NOW: i64 = 1_000;

pub(crate) type Names = BTreeSet<usize>;

/// Groups, projects, and what the owner is to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    /// A group's parent has a smaller id.
    pub group_parents: BTreeMap<u64, Option<u64>>,
    /// A project without a group is a personal project.
    pub project_groups: BTreeMap<u64, Option<u64>>,
    /// Personal projects that are the owner's.
    pub own: BTreeSet<u64>,
    pub group_roles: BTreeMap<u64, Role>,
    pub project_roles: BTreeMap<u64, Role>,
    pub public_projects: BTreeSet<u64>,
    pub public_groups: BTreeSet<u64>,
    pub enforced_roots: BTreeSet<u64>,
    /// Top-level groups that only record what they would refuse.
    pub trial_roots: BTreeSet<u64>,
    /// What the user who is acted as is to groups and projects; the user sees those alone.
    pub other_roles: BTreeMap<u64, Role>,
    pub other_administers: bool,
    /// The project of the job whose token asks, and what allowlists say of it.
    pub job_project: u64,
    pub job_may_push: bool,
    pub allowlists: BTreeMap<u64, Option<BTreeSet<JobPolicy>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Spot {
    Project(u64),
    Group(u64),
    User,
    Instance,
    Hidden(BoundaryType),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reaches {
    Personal,
    Memberships,
    Selected(BTreeSet<u64>, BTreeSet<u64>),
    User,
    Instance,
}

#[derive(Clone, Debug)]
pub(crate) struct PlainGrant {
    pub reaches: Reaches,
    pub names: Names,
}

#[derive(Clone, Debug)]
pub(crate) enum PlainPrivileges {
    Grants(Vec<PlainGrant>),
    Scopes(BTreeSet<Scope>),
    Job,
}

/// What a job token may do on an operation, stated by what it takes.
#[derive(Clone, Debug)]
pub(crate) struct PlainRule {
    pub policies: BTreeSet<JobPolicy>,
    pub own_only: bool,
    pub push: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct PlainBearer {
    pub privileges: PlainPrivileges,
    pub revoked: bool,
    pub expires_at: Option<i64>,
    pub owner_blocked: bool,
    pub not_before: Option<i64>,
    /// The last bytes of the addresses 192.0.2.x that it allows.
    pub addresses: BTreeSet<u8>,
    /// The branches that it may push to.
    pub branches: BTreeSet<u8>,
    pub role: Option<Role>,
    pub confined_to: Option<Spot>,
    pub sudo: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct PlainNeed {
    pub names: Names,
    pub spots: Vec<Spot>,
    pub public_read: bool,
    pub role: Role,
}

#[derive(Clone, Debug)]
pub(crate) enum PlainPush {
    Nothing,
    ByCommand,
    Unknown,
    Branches(BTreeSet<u8>),
}

#[derive(Clone, Debug)]
pub(crate) struct PlainQuestion {
    pub needs: Vec<PlainNeed>,
    pub scopes: BTreeSet<Scope>,
    pub public_reads: bool,
    pub supported: bool,
    pub address: u8,
    pub push: PlainPush,
    pub as_other: bool,
    pub itself: bool,
    pub job_rule: Option<PlainRule>,
}

/// What the plain rules say: the reason, and the place that is named.
pub(crate) type Verdict = Result<(), (Reason, Option<Spot>)>;
