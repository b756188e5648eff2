//! Random values.

use std::collections::{BTreeMap, BTreeSet};

use narrowgate_catalog::{BoundaryType, JobPolicy, Role, Scope};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::{
    IDS, NOW, Names, PERMISSIONS, PlainBearer, PlainGrant, PlainNeed, PlainPrivileges, PlainPush,
    PlainQuestion, PlainRule, Reaches, Spot, World,
};

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
