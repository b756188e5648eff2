//! A small random world, and the rules re-stated in the plainest way: sets, recursion, no preparation.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;
use narrowgate_catalog::{BoundaryType, JobPolicy, JobTokenRule, PermissionId, Role, Scope, ScopeSet};
use narrowgate_policy::{
    Access, ActingAs, Bearer, Conditions, Confinement, Enforcement, Grant, Grants, JobAccess, Located,
    LocatedNeed, Micros, Place, Privileges, Push, Question, Reason, RefPattern, TokenClass,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

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

impl World {
    /// The groups that hold a group, itself included, found by climbing.
    fn climb(&self, group: Option<u64>) -> Vec<u64> {
        match group {
            None => Vec::new(),
            Some(id) => [vec![id], self.climb(self.group_parents[&id])].concat(),
        }
    }

    /// The groups that hold a spot; a group holds itself.
    pub(crate) fn holders(&self, spot: Spot) -> Vec<u64> {
        match spot {
            Spot::Project(id) => self.climb(self.project_groups[&id]),
            Spot::Group(id) => self.climb(Some(id)),
            _ => Vec::new(),
        }
    }

    /// The highest role, direct or inherited.
    pub(crate) fn role(&self, spot: Spot) -> Option<Role> {
        let inherited =
            self.holders(spot).into_iter().filter_map(|group| self.group_roles.get(&group).copied());
        let direct = match spot {
            Spot::Project(id) if self.own.contains(&id) => Some(Role::Owner),
            Spot::Project(id) => self.project_roles.get(&id).copied(),
            _ => None,
        };
        inherited.chain(direct).max()
    }

    fn is_public(&self, spot: Spot) -> bool {
        match spot {
            Spot::Project(id) => self.public_projects.contains(&id),
            Spot::Group(id) => self.public_groups.contains(&id),
            _ => false,
        }
    }

    pub(crate) fn enforcement(&self, spot: Spot) -> Enforcement {
        match self.holders(spot).last() {
            Some(root) if self.enforced_roots.contains(root) => Enforcement::On,
            Some(root) if self.trial_roots.contains(root) => Enforcement::DryRun,
            _ => Enforcement::Off,
        }
    }

    fn reaches(&self, reaches: &Reaches, spot: Spot) -> bool {
        let container = matches!(spot, Spot::Project(_) | Spot::Group(_));
        match reaches {
            Reaches::User => spot == Spot::User,
            Reaches::Instance => spot == Spot::Instance,
            Reaches::Memberships => container && self.role(spot).is_some_and(|role| role != Role::NoAccess),
            Reaches::Personal => matches!(spot, Spot::Project(id) if self.own.contains(&id)),
            Reaches::Selected(projects, groups) => {
                let itself = matches!(spot, Spot::Project(id) if projects.contains(&id));
                itself || self.holders(spot).iter().any(|group| groups.contains(group))
            }
        }
    }

    /// The union of what the grants permit on a spot; `None` if no grant reaches it.
    pub(crate) fn permitted(&self, grants: &[PlainGrant], spot: Spot) -> Option<Names> {
        let reaching: Vec<_> = grants.iter().filter(|grant| self.reaches(&grant.reaches, spot)).collect();
        if reaching.is_empty() {
            return None;
        }
        Some(reaching.iter().flat_map(|grant| grant.names.iter().copied()).collect())
    }

    /// The rules of the decision, one after the other.
    pub(crate) fn verdict(&self, bearer: &PlainBearer, question: &PlainQuestion) -> Verdict {
        bearer.is_usable(question).map_err(|reason| (reason, None))?;
        if question.as_other {
            bearer.may_sudo().map_err(|reason| (reason, None))?;
        }
        if !bearer.branches.is_empty() {
            match &question.push {
                PlainPush::Unknown => return Err((Reason::RefNotAllowed, None)),
                PlainPush::Branches(named) if !named.is_subset(&bearer.branches) => {
                    return Err((Reason::RefNotAllowed, None));
                }
                _ => {}
            }
        }
        match &bearer.privileges {
            PlainPrivileges::Grants(_) => self.verdict_on_grants(bearer, question),
            PlainPrivileges::Scopes(scopes) => self.verdict_on_scopes(bearer, scopes, question),
            PlainPrivileges::Job => self.verdict_on_job(bearer, question),
        }
    }

    fn verdict_on_grants(&self, bearer: &PlainBearer, question: &PlainQuestion) -> Verdict {
        if !question.supported {
            return Err((Reason::KindNotAccepted, None));
        }
        if question.needs.is_empty() {
            return Err((Reason::NotCovered, None));
        }
        self.verdict_on_needs(bearer, question)
    }

    fn verdict_on_job(&self, bearer: &PlainBearer, question: &PlainQuestion) -> Verdict {
        let Some(rule) = &question.job_rule else { return Err((Reason::NotOpenToJobs, None)) };
        if question.needs.is_empty() && (rule.own_only || !rule.policies.is_empty()) {
            return Err((Reason::NotAllowlisted, None));
        }
        self.verdict_on_needs(bearer, question)
    }

    fn verdict_on_scopes(
        &self,
        bearer: &PlainBearer,
        scopes: &BTreeSet<Scope>,
        question: &PlainQuestion,
    ) -> Verdict {
        if scopes.is_disjoint(&question.scopes) {
            return Err((Reason::ScopeMissing, None));
        }
        if let Some(spot) = self.first_spot(question, Enforcement::On) {
            return Err((Reason::FineGrainedRequired, Some(spot)));
        }
        if bearer.confined_to.is_some() && question.needs.is_empty() && !question.itself {
            return Err((Reason::OutsideBoundary, None));
        }
        if bearer.confined_to.is_some() || bearer.role.is_some() || question.as_other {
            self.verdict_on_needs(bearer, question)?;
        }
        Ok(())
    }

    /// The first spot in a top-level group that enforces fine-grained tokens in that way.
    pub(crate) fn first_spot(&self, question: &PlainQuestion, way: Enforcement) -> Option<Spot> {
        let spots = question.needs.iter().flat_map(|need| &need.spots);
        spots.copied().find(|spot| self.enforcement(*spot) == way)
    }

    fn verdict_on_needs(&self, bearer: &PlainBearer, question: &PlainQuestion) -> Verdict {
        question.needs.iter().try_for_each(|need| self.verdict_on_need(bearer, question, need))
    }

    fn verdict_on_need(&self, bearer: &PlainBearer, question: &PlainQuestion, need: &PlainNeed) -> Verdict {
        let public =
            question.public_reads && need.public_read && need.spots.iter().any(|spot| self.is_public(*spot));
        let outcomes: Vec<_> = need
            .spots
            .iter()
            .map(|spot| (self.verdict_on_spot(bearer, question, need, *spot), *spot))
            .collect();
        if public || outcomes.iter().any(|(outcome, _)| outcome.is_ok()) {
            return Ok(());
        }
        let with = |wanted| outcomes.iter().find(|(outcome, _)| *outcome == Err(wanted));
        let named = with(Reason::NotFound).or(with(Reason::RoleTooLow)).or(outcomes.first());
        match named {
            None => Err((Reason::NotFound, None)),
            Some((outcome, spot)) => Err((outcome.unwrap_err(), Some(*spot))),
        }
    }

    /// One need on one spot: first whether it is there, then whether the token may, then whether its role and the user
    /// who is acted as may.
    fn verdict_on_spot(
        &self,
        bearer: &PlainBearer,
        question: &PlainQuestion,
        need: &PlainNeed,
        spot: Spot,
    ) -> Result<(), Reason> {
        let container = matches!(spot, Spot::Project(_) | Spot::Group(_));
        if matches!(spot, Spot::Hidden(_)) {
            return Err(Reason::NotFound);
        }
        if let Some(home) = bearer.confined_to.filter(|_| !question.itself) {
            let inside = container
                && (spot == home || matches!(home, Spot::Group(id) if self.holders(spot).contains(&id)));
            if !inside && container && !self.is_public(spot) {
                return Err(Reason::NotFound);
            }
            if !inside {
                return Err(bearer.lacking(need, Reason::OutsideBoundary));
            }
        }
        self.granted_on_spot(bearer, question, need, spot)?;
        if container && bearer.role.is_some_and(|role| role < need.role) {
            return Err(Reason::RoleTooLow);
        }
        if question.as_other { self.other_may(need, spot) } else { Ok(()) }
    }

    fn granted_on_spot(
        &self,
        bearer: &PlainBearer,
        question: &PlainQuestion,
        need: &PlainNeed,
        spot: Spot,
    ) -> Result<(), Reason> {
        match &bearer.privileges {
            PlainPrivileges::Scopes(_) => Ok(()),
            PlainPrivileges::Grants(grants) => match self.permitted(grants, spot) {
                None => Err(bearer.lacking(need, Reason::OutsideBoundary)),
                Some(held) if !need.names.is_empty() && need.names.is_subset(&held) => Ok(()),
                Some(_) => Err(bearer.lacking(need, Reason::PermissionMissing)),
            },
            PlainPrivileges::Job => {
                let rule = question.job_rule.as_ref().unwrap();
                let (id, own) = match spot {
                    Spot::Project(id) => (id, id == self.job_project),
                    // Groups and projects share their numbers, but only projects have allowlists.
                    Spot::Group(_) => return Err(Reason::NotAllowlisted),
                    _ if rule.own_only || !rule.policies.is_empty() => return Err(Reason::NotAllowlisted),
                    _ if rule.push => return Err(Reason::PolicyMissing),
                    _ => return Ok(()),
                };
                if own {
                    return if rule.push && !self.job_may_push { Err(Reason::PolicyMissing) } else { Ok(()) };
                }
                match self.allowlists.get(&id) {
                    None => Err(Reason::NotAllowlisted),
                    Some(_) if rule.own_only => Err(Reason::NotAllowlisted),
                    Some(_) if rule.push => Err(Reason::PolicyMissing),
                    Some(None) => Ok(()),
                    Some(Some(policies)) => {
                        let covered = |needed: &JobPolicy| {
                            let writes = needed.as_str().replace("READ_", "ADMIN_");
                            policies.contains(needed) || policies.iter().any(|held| held.as_str() == writes)
                        };
                        if rule.policies.iter().all(covered) { Ok(()) } else { Err(Reason::PolicyMissing) }
                    }
                }
            }
        }
    }

    /// What the user who is acted as may do: what an administrator may, what the role allows, nothing that is not seen.
    fn other_may(&self, need: &PlainNeed, spot: Spot) -> Result<(), Reason> {
        match spot {
            Spot::User => Ok(()),
            Spot::Instance if self.other_administers => Ok(()),
            Spot::Instance => Err(Reason::RoleTooLow),
            Spot::Project(id) | Spot::Group(id) => match self.other_roles.get(&id) {
                None => Err(Reason::NotFound),
                Some(_) if self.other_administers => Ok(()),
                Some(role) if *role >= need.role => Ok(()),
                Some(_) => Err(Reason::RoleTooLow),
            },
            Spot::Hidden(_) => Err(Reason::NotFound),
        }
    }

    /// A spot in the eyes of the user who is acted as.
    fn as_other<'a>(&self, spot: Spot, ancestors: &'a [u64]) -> Place<'a> {
        let role = match spot {
            Spot::Project(id) | Spot::Group(id) => self.other_roles.get(&id).copied(),
            _ => None,
        };
        match (self.locate(spot, ancestors), role) {
            (Place::Project(located), Some(role)) => Place::Project(Located { role: Some(role), ..located }),
            (Place::Group(located), Some(role)) => Place::Group(Located { role: Some(role), ..located }),
            (Place::Project(_), None) => Place::NotFound(BoundaryType::Project),
            (Place::Group(_), None) => Place::NotFound(BoundaryType::Group),
            (other, _) => other,
        }
    }

    fn job_access(&self, spot: Spot) -> JobAccess {
        match spot {
            Spot::Project(id) if id == self.job_project => JobAccess::Own { push: self.job_may_push },
            Spot::Project(id) => match self.allowlists.get(&id) {
                None => JobAccess::None,
                Some(None) => JobAccess::Default,
                Some(Some(policies)) => JobAccess::Policies(policies.iter().copied().collect()),
            },
            _ => JobAccess::None,
        }
    }

    /// Calls the engine's way of asking: facts located, slices borrowed.
    pub(crate) fn ask<T>(&self, question: &PlainQuestion, with: impl FnOnce(&Question<'_>) -> T) -> T {
        let ids: Vec<Vec<PermissionId>> =
            question.needs.iter().map(|need| need.names.iter().map(|at| permission(*at)).collect()).collect();
        let above: Vec<Vec<Vec<u64>>> = question
            .needs
            .iter()
            .map(|need| need.spots.iter().map(|spot| self.ancestors(*spot)).collect())
            .collect();
        let places: Vec<Vec<Place<'_>>> = question
            .needs
            .iter()
            .zip(&above)
            .map(|(need, above)| {
                need.spots.iter().zip(above).map(|(spot, above)| self.locate(*spot, above)).collect()
            })
            .collect();
        let seen: Vec<Vec<Place<'_>>> = question
            .needs
            .iter()
            .zip(&above)
            .map(|(need, above)| {
                need.spots.iter().zip(above).map(|(spot, above)| self.as_other(*spot, above)).collect()
            })
            .collect();
        let seen: Vec<&[Place<'_>]> = seen.iter().map(Vec::as_slice).collect();
        let acting_as =
            question.as_other.then_some(ActingAs { administrator: self.other_administers, places: &seen });
        let names: Vec<Vec<u8>> = match &question.push {
            PlainPush::Branches(branches) => branches.iter().map(|branch| branch_name(*branch)).collect(),
            _ => Vec::new(),
        };
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        let push = match &question.push {
            PlainPush::Nothing => Push::Nothing,
            PlainPush::ByCommand => Push::ByCommand,
            PlainPush::Unknown => Push::Unknown,
            PlainPush::Branches(_) => Push::Refs(&names),
        };
        let needs: Vec<LocatedNeed<'_>> = (0..question.needs.len())
            .map(|at| LocatedNeed {
                permissions: &ids[at],
                places: &places[at],
                public_read: question.needs[at].public_read,
                role: question.needs[at].role,
            })
            .collect();
        let scopes = question.scopes.iter().copied().collect();
        with(&Question {
            public_reads: question.public_reads,
            fine_grained_supported: question.supported,
            job_token: question.job_rule.as_ref().map(PlainRule::real),
            push,
            acting_as,
            itself: question.itself,
            ..Question::new(&needs, scopes, Micros(NOW), address(question.address))
        })
    }

    pub(crate) fn ancestors(&self, spot: Spot) -> Vec<u64> {
        let skip = usize::from(matches!(spot, Spot::Group(_)));
        self.holders(spot).into_iter().skip(skip).collect()
    }

    pub(crate) fn locate<'a>(&self, spot: Spot, ancestors: &'a [u64]) -> Place<'a> {
        let facts = |id, personal| Located {
            id,
            ancestors,
            role: self.role(spot),
            personal,
            public: self.is_public(spot),
            enforcement: self.enforcement(spot),
            job: self.job_access(spot),
        };
        match spot {
            Spot::Project(id) => Place::Project(facts(id, self.own.contains(&id))),
            Spot::Group(id) => Place::Group(facts(id, false)),
            Spot::User => Place::User,
            Spot::Instance => Place::Instance,
            Spot::Hidden(boundary) => Place::NotFound(boundary),
        }
    }

    /// Every spot there is, but hidden ones.
    pub(crate) fn spots(&self) -> Vec<Spot> {
        let projects = self.project_groups.keys().copied().map(Spot::Project);
        let groups = self.group_parents.keys().copied().map(Spot::Group);
        projects.chain(groups).chain([Spot::User, Spot::Instance]).collect()
    }
}

impl PlainGrant {
    pub(crate) fn real(&self) -> Grant {
        let access = match &self.reaches {
            Reaches::Personal => Access::PersonalProjects,
            Reaches::Memberships => Access::AllMemberships,
            Reaches::User => Access::User,
            Reaches::Instance => Access::Instance,
            Reaches::Selected(projects, groups) => Access::SelectedMemberships {
                // Backwards, since the engine must not rely on the order in which ids were stored.
                projects: projects.iter().rev().copied().collect(),
                groups: groups.iter().rev().copied().collect(),
            },
        };
        Grant { access, permissions: self.names.iter().map(|at| permission(*at)).collect() }
    }
}

impl PlainBearer {
    pub(crate) fn real(&self) -> Bearer {
        let privileges = match &self.privileges {
            PlainPrivileges::Grants(grants) => Privileges::FineGrained(Grants::prepare(&real_grants(grants))),
            PlainPrivileges::Scopes(scopes) => {
                Privileges::Legacy(scopes.iter().copied().collect::<ScopeSet>())
            }
            PlainPrivileges::Job => Privileges::Job,
        };
        let confinement = self.confined_to.map(|home| match home {
            Spot::Project(id) => Confinement::Project(id),
            Spot::Group(id) => Confinement::Group(id),
            other => panic!("nothing is confined to {other:?}"),
        });
        Bearer {
            revoked: self.revoked,
            expires_at: self.expires_at.map(Micros),
            owner_blocked: self.owner_blocked,
            role: self.role,
            confinement,
            conditions: Some(self.conditions()).filter(|own| !own.is_empty()).map(Box::new),
            sudo: self.sudo,
            ..Bearer::new(TokenClass::Personal, privileges)
        }
    }

    fn conditions(&self) -> Conditions {
        let branches = self.branches.iter().map(|branch| String::from_utf8(branch_name(*branch)).unwrap());
        Conditions {
            not_before: self.not_before.map(Micros),
            addresses: self.addresses.iter().map(|last| IpNet::from(address(*last))).collect(),
            push_refs: branches.map(|name| RefPattern::parse(&name).unwrap()).collect(),
        }
    }

    fn is_usable(&self, question: &PlainQuestion) -> Result<(), Reason> {
        if self.revoked {
            Err(Reason::Revoked)
        } else if matches!(self.expires_at, Some(at) if NOW >= at) {
            Err(Reason::Expired)
        } else if self.owner_blocked {
            Err(Reason::OwnerBlocked)
        } else if matches!(self.not_before, Some(at) if NOW < at) {
            Err(Reason::NotYetValid)
        } else if !self.addresses.is_empty() && !self.addresses.contains(&question.address) {
            Err(Reason::AddressNotAllowed)
        } else {
            Ok(())
        }
    }

    fn may_sudo(&self) -> Result<(), Reason> {
        match &self.privileges {
            _ if self.confined_to.is_some() => Err(Reason::SudoNotAllowed),
            PlainPrivileges::Grants(_) if self.sudo => Ok(()),
            PlainPrivileges::Scopes(scopes) if scopes.contains(&Scope::Sudo) => Ok(()),
            PlainPrivileges::Scopes(_) => Err(Reason::ScopeMissing),
            PlainPrivileges::Grants(_) | PlainPrivileges::Job => Err(Reason::SudoNotAllowed),
        }
    }

    /// A need that demands nothing is a mistake in the catalogue, which no token can make good.
    fn lacking(&self, need: &PlainNeed, reason: Reason) -> Reason {
        if need.names.is_empty() { Reason::NotCovered } else { reason }
    }
}

impl PlainRule {
    fn real(&self) -> JobTokenRule {
        JobTokenRule {
            policies: self.policies.iter().copied().collect(),
            own_project_only: self.own_only,
            push: self.push,
        }
    }
}

pub(crate) fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn branch_name(branch: u8) -> Vec<u8> {
    format!("refs/heads/{branch}").into_bytes()
}

pub(crate) fn real_grants(grants: &[PlainGrant]) -> Vec<Grant> {
    grants.iter().map(PlainGrant::real).collect()
}

pub(crate) fn permission(index: usize) -> PermissionId {
    PermissionId::new(index).unwrap()
}

fn some_of(ids: std::ops::RangeInclusive<u64>) -> impl Strategy<Value = BTreeSet<u64>> {
    let all: Vec<u64> = ids.collect();
    let most = all.len();
    subsequence(all, 0..=most).prop_map(BTreeSet::from_iter)
}

fn roles() -> impl Strategy<Value = BTreeMap<u64, Role>> {
    let role = select(vec![Role::NoAccess, Role::MinimalAccess, Role::Guest, Role::Developer, Role::Owner]);
    prop::collection::btree_map(1..=IDS, role, 0..4)
}

fn parents(groups: bool) -> impl Strategy<Value = BTreeMap<u64, Option<u64>>> {
    prop::collection::vec(0..=IDS, IDS as usize).prop_map(move |above| {
        let parent = |id: u64, above: u64| match above {
            0 => None,
            // A group's parent must have a smaller id, or the tree would have a ring.
            _ if groups => Some(above % id).filter(|parent| *parent > 0),
            _ => Some(above),
        };
        (1..=IDS).zip(above).map(|(id, above)| (id, parent(id, above))).collect()
    })
}

pub(crate) fn worlds() -> impl Strategy<Value = World> {
    let trees = (parents(true), parents(false), some_of(1..=IDS));
    let facts = (roles(), roles(), some_of(1..=IDS), some_of(1..=IDS), some_of(1..=2));
    let others = (some_of(2..=3), roles(), any::<bool>());
    let entry = prop::option::of(policies());
    let job = (1..=IDS, any::<bool>(), prop::collection::btree_map(1..=IDS, entry, 0..4));
    (trees, facts, others, job).prop_map(|((group_parents, project_groups, own), facts, others, job)| {
        let own = own.into_iter().filter(|id| project_groups[id].is_none()).collect();
        let (group_roles, project_roles, public_projects, public_groups, enforced_roots) = facts;
        let (trial_roots, other_roles, other_administers) = others;
        let (job_project, job_may_push, allowlists) = job;
        World {
            group_parents,
            project_groups,
            own,
            group_roles,
            project_roles,
            public_projects,
            public_groups,
            enforced_roots,
            trial_roots,
            other_roles,
            other_administers,
            job_project,
            job_may_push,
            allowlists,
        }
    })
}

fn policies() -> impl Strategy<Value = BTreeSet<JobPolicy>> {
    let few = vec![
        JobPolicy::ReadJobs,
        JobPolicy::ReadReleases,
        JobPolicy::AdminReleases,
        JobPolicy::AdminPackages,
    ];
    subsequence(few, 0..=3).prop_map(BTreeSet::from_iter)
}

fn names(most: usize) -> impl Strategy<Value = Names> {
    subsequence(PERMISSIONS.to_vec(), 0..=most).prop_map(BTreeSet::from_iter)
}

pub(crate) fn grants() -> impl Strategy<Value = Vec<PlainGrant>> {
    let few = || prop::collection::btree_set(1..=IDS, 0..3);
    let reaches = prop_oneof![
        1 => Just(Reaches::Personal),
        1 => Just(Reaches::Memberships),
        5 => (few(), few()).prop_map(|(projects, groups)| Reaches::Selected(projects, groups)),
        1 => Just(Reaches::User),
        1 => Just(Reaches::Instance),
    ];
    let grant = (reaches, names(4)).prop_map(|(reaches, names)| PlainGrant { reaches, names });
    prop::collection::vec(grant, 0..6)
}

fn scopes() -> impl Strategy<Value = BTreeSet<Scope>> {
    subsequence(vec![Scope::Api, Scope::ReadApi, Scope::ReadUser, Scope::SelfRotate, Scope::Sudo], 0..=4)
        .prop_map(BTreeSet::from_iter)
}

/// Something once in a while, else nothing.
fn seldom<T: Clone + std::fmt::Debug + 'static>(
    strategy: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<T>> {
    prop_oneof![4 => Just(None), 1 => strategy.prop_map(Some)]
}

fn any_role() -> impl Strategy<Value = Role> {
    select(vec![Role::NoAccess, Role::Guest, Role::Reporter, Role::Developer, Role::Maintainer, Role::Admin])
}

fn few_bytes() -> impl Strategy<Value = BTreeSet<u8>> {
    subsequence(vec![1, 2, 3], 1..=2).prop_map(BTreeSet::from_iter)
}

pub(crate) fn bearers() -> impl Strategy<Value = PlainBearer> {
    let privileges = prop_oneof![
        4 => grants().prop_map(PlainPrivileges::Grants),
        2 => scopes().prop_map(PlainPrivileges::Scopes),
        2 => Just(PlainPrivileges::Job),
    ];
    let around_now = |before: u32, at: u32, after: u32| {
        prop_oneof![
            6 => Just(None),
            before => Just(Some(NOW - 1)),
            at => Just(Some(NOW)),
            after => Just(Some(NOW + 1)),
        ]
    };
    let rarely = || prop::bool::weighted(0.03);
    let state = (rarely(), around_now(1, 1, 4), rarely(), around_now(4, 1, 1));
    let home = prop_oneof![(1..=IDS).prop_map(Spot::Project), (1..=IDS).prop_map(Spot::Group)];
    let bounds = (seldom(few_bytes()), seldom(few_bytes()), seldom(any_role()), seldom(home), any::<bool>());
    (privileges, state, bounds).prop_map(|(privileges, state, bounds)| {
        let (revoked, expires_at, owner_blocked, not_before) = state;
        let (addresses, branches, role, confined_to, sudo) = bounds;
        PlainBearer {
            privileges,
            revoked,
            expires_at,
            owner_blocked,
            not_before,
            addresses: addresses.unwrap_or_default(),
            branches: branches.unwrap_or_default(),
            role,
            confined_to,
            sudo,
        }
    })
}

fn needs() -> impl Strategy<Value = PlainNeed> {
    let spot = prop_oneof![
        5 => (1..=IDS).prop_map(Spot::Project),
        4 => (1..=IDS).prop_map(Spot::Group),
        1 => Just(Spot::User),
        1 => Just(Spot::Instance),
        1 => select(BoundaryType::ALL.to_vec()).prop_map(Spot::Hidden),
    ];
    let spots = prop::collection::vec(spot, 0..4).prop_map(|mut spots| {
        spots.sort_by_key(boundary);
        spots
    });
    (names(3), spots, any::<bool>(), any_role()).prop_map(|(names, spots, public_read, role)| PlainNeed {
        names,
        spots,
        public_read,
        role,
    })
}

fn boundary(spot: &Spot) -> BoundaryType {
    match spot {
        Spot::Project(_) => BoundaryType::Project,
        Spot::Group(_) => BoundaryType::Group,
        Spot::User => BoundaryType::User,
        Spot::Instance => BoundaryType::Instance,
        Spot::Hidden(boundary) => *boundary,
    }
}

pub(crate) fn questions() -> impl Strategy<Value = PlainQuestion> {
    let supported = prop::bool::weighted(0.97);
    let rule = (policies(), any::<bool>(), prop::bool::weighted(0.2))
        .prop_map(|(policies, own_only, push)| PlainRule { policies, own_only, push });
    let push = prop_oneof![
        4 => Just(PlainPush::Nothing),
        1 => Just(PlainPush::ByCommand),
        1 => Just(PlainPush::Unknown),
        1 => few_bytes().prop_map(PlainPush::Branches),
    ];
    let plain = (prop::collection::vec(needs(), 0..3), scopes(), any::<bool>(), supported);
    let further =
        (1..=3_u8, push, prop::bool::weighted(0.15), prop::bool::weighted(0.1), prop::option::of(rule));
    (plain, further).prop_map(|(plain, further)| {
        let (needs, scopes, public_reads, supported) = plain;
        let (address, push, as_other, itself, job_rule) = further;
        PlainQuestion { needs, scopes, public_reads, supported, address, push, as_other, itself, job_rule }
    })
}
