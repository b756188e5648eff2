//! Property: however tokens are made and rotated by tokens, none may do what its maker could not.

use std::collections::HashSet;

use narrowgate_api::authority::{self, Actor, Requested, RequestedGrant};
use narrowgate_catalog::{Catalog, Scope};
use narrowgate_policy::escalate::includes;
use narrowgate_store::tokens::{GrantAccess, StoredGrant, Token, TokenPrivileges};
use proptest::prelude::*;

use crate::world::{World, grant, on};

const PERMISSIONS: [&str; 3] = ["read_job", "run_job", "delete_job"];
const SCOPES: [&str; 4] = ["api", "read_api", "read_user", "self_rotate"];
const USERS: [&str; 3] = ["root", "maria", "dev"];

/// Places a check can be about: number, groups above, members, owner of a personal project. Numbers below are the
/// world's; `User` and `Instance` are no containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Spot {
    Project(u64),
    Group(u64),
    User(u64),
    Instance,
}

const SPOTS: [Spot; 11] = [
    Spot::Project(20),
    Spot::Project(21),
    Spot::Project(22),
    Spot::Project(31),
    Spot::Project(34),
    Spot::Group(10),
    Spot::Group(11),
    Spot::User(1),
    Spot::User(2),
    Spot::User(3),
    Spot::Instance,
];

fn above(spot: Spot) -> &'static [u64] {
    match spot {
        Spot::Project(20 | 21) | Spot::Group(11) => &[10],
        Spot::Project(22) => &[11, 10],
        _ => &[],
    }
}

fn is_member(user: u64, spot: Spot) -> bool {
    matches!(
        (user, spot),
        (1, Spot::Project(34))
            | (2, Spot::Project(20..=22 | 31) | Spot::Group(_))
            | (3, Spot::Project(20..=22) | Spot::Group(11))
    )
}

fn is_personal(user: u64, spot: Spot) -> bool {
    matches!((user, spot), (1, Spot::Project(34)) | (2, Spot::Project(31)))
}

/// The rule of the decision in its plainest form, apart from roles, which no token changes.
fn covers(grant: &StoredGrant, user: u64, spot: Spot) -> bool {
    match grant.access {
        GrantAccess::PersonalProjects => is_personal(user, spot),
        GrantAccess::AllMemberships => is_member(user, spot),
        GrantAccess::User => spot == Spot::User(user),
        GrantAccess::Instance => spot == Spot::Instance,
        GrantAccess::SelectedMemberships => {
            let itself = match spot {
                Spot::Project(id) => grant.project_id == Some(id),
                Spot::Group(id) => grant.group_id == Some(id),
                Spot::User(_) | Spot::Instance => false,
            };
            itself || above(spot).iter().any(|id| grant.group_id == Some(*id))
        }
    }
}

/// All that a token may do: permissions on spots, and legacy scopes.
fn abilities(token: &Token) -> HashSet<String> {
    let mut abilities = HashSet::new();
    match &token.privileges {
        TokenPrivileges::Legacy(scopes) => {
            for narrow in Scope::ALL {
                if scopes.iter().filter_map(|name| Scope::parse(name)).any(|wide| includes(wide, narrow)) {
                    abilities.insert(format!("scope {narrow}"));
                }
            }
            if scopes.iter().any(|scope| scope == "api") {
                all_pairs(|permission, spot| abilities.insert(format!("{permission} {spot:?}")));
            }
        }
        TokenPrivileges::FineGrained(grants) => all_pairs(|permission, spot| {
            let holds = |grant: &StoredGrant| {
                grant.permissions.iter().any(|name| name == permission) && covers(grant, token.user_id, spot)
            };
            grants.iter().any(holds) && abilities.insert(format!("{permission} {spot:?}"))
        }),
    }
    abilities
}

fn all_pairs(mut each: impl FnMut(&str, Spot) -> bool) {
    for permission in PERMISSIONS {
        for spot in SPOTS {
            each(permission, spot);
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Create { maker: usize, owner: usize, wanted: Requested },
    Rotate { maker: usize, target: usize },
}

fn permissions() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(PERMISSIONS.to_vec(), 0..=3)
}

fn requested_grant() -> impl Strategy<Value = RequestedGrant> {
    let whole = [
        GrantAccess::PersonalProjects,
        GrantAccess::AllMemberships,
        GrantAccess::User,
        GrantAccess::Instance,
    ];
    let projects = proptest::sample::subsequence(vec![20, 21, 22, 31, 34], 0..=3);
    let groups = proptest::sample::subsequence(vec![10, 11], 0..=2);
    prop_oneof![
        2 => (proptest::sample::select(whole.to_vec()), permissions()).prop_map(|(access, names)| grant(access, &names)),
        3 => (projects, groups, permissions()).prop_map(|(projects, groups, names)| on(&projects, &groups, &names)),
    ]
}

fn requested() -> impl Strategy<Value = Requested> {
    let scopes = proptest::sample::subsequence(SCOPES.to_vec(), 1..=2);
    prop_oneof![
        4 => proptest::collection::vec(requested_grant(), 1..4).prop_map(Requested::FineGrained),
        1 => scopes.prop_map(|scopes| Requested::Legacy(scopes.into_iter().map(str::to_owned).collect())),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..8_usize, 0..3_usize, requested()).prop_map(|(maker, owner, wanted)| Step::Create { maker, owner, wanted }),
        1 => (0..8_usize, 0..8_usize).prop_map(|(maker, target)| Step::Rotate { maker, target }),
    ]
}

async fn play(first: Vec<(usize, Requested)>, steps: Vec<Step>) -> usize {
    let world = World::new().await;
    let operator = Actor::Operator { tenant: narrowgate_store::TenantId::DEFAULT };
    let mut tokens = Vec::new();
    for (owner, wanted) in first {
        tokens
            .extend(world.try_token(operator, USERS[owner], wanted).await.ok().map(|created| created.token));
    }
    let mut made = 0;
    if tokens.is_empty() {
        return 0;
    }
    for step in steps {
        let pick = |at: usize| Token::clone(&tokens[at % tokens.len()]);
        let (maker, result) = match step {
            Step::Create { maker, owner, wanted } => {
                let maker = pick(maker);
                let result =
                    world.try_token(Actor::Caller(&world.bearer(&maker)), USERS[owner], wanted).await;
                (maker, result)
            }
            Step::Rotate { maker, target } => {
                let (maker, target) = (pick(maker), pick(target));
                let caller = world.bearer(&maker);
                let result = authority::rotate(&world.state, Actor::Caller(&caller), target.id, None).await;
                (maker, result)
            }
        };
        if let Ok(created) = result {
            let (new, old) = (abilities(&created.token), abilities(&maker));
            let beyond: Vec<_> = new.difference(&old).collect();
            assert!(
                beyond.is_empty(),
                "{:?} made {:?}, which can {beyond:?}",
                maker.privileges,
                created.token.privileges
            );
            tokens.push(created.token);
            made += 1;
        }
    }
    made
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn no_token_exceeds_its_maker(
        first in proptest::collection::vec((0..3_usize, requested()), 1..4),
        steps in proptest::collection::vec(step(), 1..8),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(first, steps));
    }
}

#[test]
fn the_property_speaks_of_known_permissions() {
    assert!(PERMISSIONS.iter().all(|name| Catalog::embedded().permission(name).is_some()));
}

#[tokio::test]
async fn the_property_is_not_empty() {
    let first = vec![(1, Requested::FineGrained(vec![grant(GrantAccess::AllMemberships, &["read_job"])]))];
    let wanted = Requested::FineGrained(vec![on(&[22], &[11], &["read_job"])]);
    let steps = vec![Step::Create { maker: 0, owner: 1, wanted }, Step::Rotate { maker: 0, target: 1 }];
    assert_eq!(play(first, steps).await, 2);
}
