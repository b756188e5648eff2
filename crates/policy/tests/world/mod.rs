//! A small random world, and the rules re-stated in the plainest way: sets, recursion, no preparation.

use std::collections::{BTreeMap, BTreeSet};

use narrowgate_catalog::{BoundaryType, PermissionId, Role, Scope, ScopeSet};
use narrowgate_policy::{
    Access, Bearer, Grant, Grants, Located, LocatedNeed, Micros, Place, Privileges, Question, Reason,
    TokenClass,
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
}

#[derive(Clone, Debug)]
pub(crate) struct PlainBearer {
    pub privileges: PlainPrivileges,
    pub revoked: bool,
    pub expires_at: Option<i64>,
    pub owner_blocked: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct PlainNeed {
    pub names: Names,
    pub spots: Vec<Spot>,
    pub public_read: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct PlainQuestion {
    pub needs: Vec<PlainNeed>,
    pub scopes: BTreeSet<Scope>,
    pub public_reads: bool,
    pub supported: bool,
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

    fn is_enforced(&self, spot: Spot) -> bool {
        self.holders(spot).last().is_some_and(|root| self.enforced_roots.contains(root))
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
        if bearer.revoked {
            return Err((Reason::Revoked, None));
        }
        if matches!(bearer.expires_at, Some(at) if NOW >= at) {
            return Err((Reason::Expired, None));
        }
        if bearer.owner_blocked {
            return Err((Reason::OwnerBlocked, None));
        }
        match &bearer.privileges {
            PlainPrivileges::Grants(grants) => self.verdict_on_grants(grants, question),
            PlainPrivileges::Scopes(scopes) => self.verdict_on_scopes(scopes, question),
        }
    }

    fn verdict_on_grants(&self, grants: &[PlainGrant], question: &PlainQuestion) -> Verdict {
        if !question.supported {
            return Err((Reason::KindNotAccepted, None));
        }
        if question.needs.is_empty() {
            return Err((Reason::NotCovered, None));
        }
        question.needs.iter().try_for_each(|need| self.verdict_on_need(grants, need, question.public_reads))
    }

    fn verdict_on_need(&self, grants: &[PlainGrant], need: &PlainNeed, public_reads: bool) -> Verdict {
        let permitted = |spot: &Spot| self.permitted(grants, *spot);
        let granted = |spot: &Spot| {
            !need.names.is_empty() && permitted(spot).is_some_and(|held| need.names.is_subset(&held))
        };
        let public = public_reads && need.public_read && need.spots.iter().any(|spot| self.is_public(*spot));
        if public || need.spots.iter().any(granted) {
            return Ok(());
        }
        if let Some(hidden) = need.spots.iter().find(|spot| matches!(spot, Spot::Hidden(_))) {
            return Err((Reason::NotFound, Some(*hidden)));
        }
        let Some(first) = need.spots.first() else { return Err((Reason::NotFound, None)) };
        let reason = match permitted(first) {
            _ if need.names.is_empty() => Reason::NotCovered,
            Some(_) => Reason::PermissionMissing,
            None => Reason::OutsideBoundary,
        };
        Err((reason, Some(*first)))
    }

    fn verdict_on_scopes(&self, scopes: &BTreeSet<Scope>, question: &PlainQuestion) -> Verdict {
        if scopes.is_disjoint(&question.scopes) {
            return Err((Reason::ScopeMissing, None));
        }
        let spots = question.needs.iter().flat_map(|need| &need.spots);
        match spots.copied().find(|spot| self.is_enforced(*spot)) {
            Some(spot) => Err((Reason::FineGrainedRequired, Some(spot))),
            None => Ok(()),
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
        let needs: Vec<LocatedNeed<'_>> = (0..question.needs.len())
            .map(|at| LocatedNeed {
                permissions: &ids[at],
                places: &places[at],
                public_read: question.needs[at].public_read,
            })
            .collect();
        with(&Question {
            needs: &needs,
            scopes: question.scopes.iter().copied().collect(),
            now: Micros(NOW),
            public_reads: question.public_reads,
            fine_grained_supported: question.supported,
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
            enforced: self.is_enforced(spot),
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
        };
        Bearer {
            class: TokenClass::Personal,
            privileges,
            revoked: self.revoked,
            expires_at: self.expires_at.map(Micros),
            owner_blocked: self.owner_blocked,
        }
    }
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
    (trees, facts).prop_map(|((group_parents, project_groups, own), facts)| {
        let own = own.into_iter().filter(|id| project_groups[id].is_none()).collect();
        let (group_roles, project_roles, public_projects, public_groups, enforced_roots) = facts;
        World {
            group_parents,
            project_groups,
            own,
            group_roles,
            project_roles,
            public_projects,
            public_groups,
            enforced_roots,
        }
    })
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
    subsequence(vec![Scope::Api, Scope::ReadApi, Scope::ReadUser, Scope::SelfRotate], 0..=3)
        .prop_map(BTreeSet::from_iter)
}

pub(crate) fn bearers() -> impl Strategy<Value = PlainBearer> {
    let privileges = prop_oneof![
        4 => grants().prop_map(PlainPrivileges::Grants),
        1 => scopes().prop_map(PlainPrivileges::Scopes),
    ];
    let expires_at =
        prop_oneof![6 => Just(None), 2 => Just(Some(NOW + 1)), 1 => Just(Some(NOW)), 1 => Just(Some(0))];
    let rarely = || prop::bool::weighted(0.05);
    (privileges, rarely(), expires_at, rarely()).prop_map(
        |(privileges, revoked, expires_at, owner_blocked)| PlainBearer {
            privileges,
            revoked,
            expires_at,
            owner_blocked,
        },
    )
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
    (names(3), spots, any::<bool>()).prop_map(|(names, spots, public_read)| PlainNeed {
        names,
        spots,
        public_read,
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
    (prop::collection::vec(needs(), 0..3), scopes(), any::<bool>(), supported).prop_map(
        |(needs, scopes, public_reads, supported)| PlainQuestion { needs, scopes, public_reads, supported },
    )
}
