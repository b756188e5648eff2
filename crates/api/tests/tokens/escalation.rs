//! Property: however tokens are made and rotated by tokens, none may do what its maker could not.

use std::collections::HashSet;

use narrowgate_api::Caller;
use narrowgate_api::authority::{
    self, Actor, Expiry, NewPersonalToken, NewResourceToken, Place, Requested, RequestedGrant, ResourceKind,
};
use narrowgate_catalog::{Catalog, Role, Scope};
use narrowgate_gitlab::Reference;
use narrowgate_policy::escalate::includes;
use narrowgate_policy::{AddressRanges, RefPattern};
use narrowgate_store::tokens::{Conditions, GrantAccess, Resource, StoredGrant, Token, TokenPrivileges};
use proptest::prelude::*;

use crate::world::{World, grant, on};

const PERMISSIONS: [&str; 3] = ["read_job", "run_job", "delete_job"];
const SCOPES: [&str; 5] = ["api", "read_api", "read_user", "self_rotate", "sudo"];
const USERS: [&str; 4] = ["root", "maria", "dev", "olga"];

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
            | (6, Spot::Project(20..=22) | Spot::Group(_))
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

const INSIDE: &str = "10.0.0.7";
const OUTSIDE: &str = "192.0.2.9";
const REFS: [&str; 2] = ["refs/heads/main", "refs/heads/feature/x"];

/// What a user is at a place, as the world has it. Administrators may all that owners may.
fn role_of(user: u64, spot: Spot) -> u8 {
    let in_acme = matches!(spot, Spot::Project(20..=22) | Spot::Group(_));
    match (user, spot) {
        (1, _) | (2, Spot::Project(31)) => 50,
        (6, _) if in_acme => 50,
        (2, _) if in_acme => 40,
        (3, Spot::Project(20 | 22) | Spot::Group(11)) => 30,
        (3, Spot::Project(21)) => 20,
        _ => 0,
    }
}

/// Where a token can do anything at all.
fn is_confined_to(token: &Token, spot: Spot) -> bool {
    match token.resource {
        None => true,
        Some(Resource::Project(id)) => spot == Spot::Project(id),
        Some(Resource::Group(id)) => spot == Spot::Group(id) || above(spot).contains(&id),
    }
}

/// All that a token may do: permissions, scopes and roles at spots, as somebody else, and to refs; each from where.
fn abilities(token: &Token) -> HashSet<String> {
    let mut abilities = HashSet::new();
    for spot in SPOTS.into_iter().filter(|spot| is_confined_to(token, *spot)) {
        abilities.extend(privileges_at(token, spot).into_iter().map(|what| format!("{what} {spot:?}")));
        let role = token.access_level.unwrap_or_else(|| role_of(token.user_id, spot));
        abilities.extend((1..=role).map(|role| format!("role {role} {spot:?}")));
    }
    let conditions = &token.conditions;
    let is_allowed = |name: &&str| {
        let patterns = &conditions.push_refs;
        patterns.is_empty()
            || patterns.iter().any(|own| RefPattern::parse(own).unwrap().matches(name.as_bytes()))
    };
    abilities.extend(REFS.iter().filter(|name| is_allowed(name)).map(|name| format!("push {name}")));
    let ranges = AddressRanges::new(&conditions.addresses);
    let addresses = [INSIDE, OUTSIDE].into_iter().filter(|address| ranges.allow(address.parse().unwrap()));
    addresses.flat_map(|address| abilities.iter().map(move |what| format!("{what} from {address}"))).collect()
}

fn privileges_at(token: &Token, spot: Spot) -> HashSet<String> {
    let mut abilities = HashSet::new();
    if token.sudo {
        abilities.insert(format!("scope {}", Scope::Sudo));
    }
    match &token.privileges {
        TokenPrivileges::Legacy(scopes) => {
            for narrow in Scope::ALL {
                if scopes.iter().filter_map(|name| Scope::parse(name)).any(|wide| includes(wide, narrow)) {
                    abilities.insert(format!("scope {narrow}"));
                }
            }
            if scopes.iter().any(|scope| scope == "api") {
                abilities.extend(PERMISSIONS.map(str::to_owned));
            }
        }
        TokenPrivileges::FineGrained(grants) => {
            let here = grants.iter().filter(|grant| covers(grant, token.user_id, spot));
            abilities.extend(here.flat_map(|grant| grant.permissions.clone()));
        }
        TokenPrivileges::Job => unreachable!("no job's token is made here"),
    }
    abilities
}

/// A token made by somebody who may make anything.
#[derive(Clone, Debug)]
struct First {
    owner: usize,
    wanted: Requested,
    conditions: Conditions,
    sudo: bool,
    /// A token of this place, with this role, instead of a personal one.
    place: Option<(Resource, Role)>,
}

#[derive(Clone, Debug)]
enum Step {
    Create { maker: usize, owner: usize, wanted: Requested, conditions: Option<Conditions>, sudo: bool },
    Impersonate { maker: usize, owner: usize, wanted: Requested },
    CreateFor { maker: usize, place: Resource, role: Role, wanted: Requested },
    Rotate { maker: usize, target: usize },
    RotateFor { maker: usize, place: Resource, target: usize },
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

fn conditions() -> impl Strategy<Value = Conditions> {
    let ranges = proptest::sample::subsequence(vec!["10.0.0.0/8", "10.0.0.7/32", "192.0.2.0/24"], 0..=1);
    let refs = proptest::sample::subsequence(vec!["refs/heads/feature/*", "refs/heads/*"], 0..=1);
    (ranges, refs).prop_map(|(ranges, refs)| Conditions {
        not_before: None,
        addresses: ranges.into_iter().map(|range| range.parse().unwrap()).collect(),
        push_refs: refs.into_iter().map(str::to_owned).collect(),
    })
}

fn place() -> impl Strategy<Value = Resource> {
    let projects = [20, 22, 31].map(Resource::Project);
    let groups = [10, 11].map(Resource::Group);
    proptest::sample::select(projects.into_iter().chain(groups).collect::<Vec<_>>())
}

fn role() -> impl Strategy<Value = Role> {
    proptest::sample::select(vec![Role::Guest, Role::Developer, Role::Maintainer, Role::Owner])
}

fn first() -> impl Strategy<Value = First> {
    let place = proptest::option::weighted(0.3, (place(), role()));
    (0..USERS.len(), requested(), conditions(), any::<bool>(), place)
        .prop_map(|(owner, wanted, conditions, sudo, place)| First { owner, wanted, conditions, sudo, place })
}

fn step() -> impl Strategy<Value = Step> {
    let owner = 0..USERS.len();
    let create = (0..8_usize, owner.clone(), requested(), proptest::option::of(conditions()), any::<bool>());
    prop_oneof![
        3 => create.prop_map(|(maker, owner, wanted, conditions, sudo)| {
            Step::Create { maker, owner, wanted, conditions, sudo }
        }),
        1 => (0..8_usize, owner, requested())
            .prop_map(|(maker, owner, wanted)| Step::Impersonate { maker, owner, wanted }),
        3 => (0..8_usize, place(), role(), requested())
            .prop_map(|(maker, place, role, wanted)| Step::CreateFor { maker, place, role, wanted }),
        1 => (0..8_usize, 0..8_usize).prop_map(|(maker, target)| Step::Rotate { maker, target }),
        1 => (0..8_usize, place(), 0..8_usize)
            .prop_map(|(maker, place, target)| Step::RotateFor { maker, place, target }),
    ]
}

async fn place_of(world: &World, caller: &Caller, resource: Resource) -> Option<Place> {
    let kind = match resource {
        Resource::Project(_) => ResourceKind::Project,
        Resource::Group(_) => ResourceKind::Group,
    };
    authority::place(&world.state, &caller.connection, kind, &Reference::Id(resource.id())).await.ok()
}

fn for_resource(
    caller: &Caller,
    place: Place,
    access_level: Role,
    privileges: Requested,
) -> NewResourceToken {
    NewResourceToken {
        creator: caller.connection.clone(),
        place,
        name: "bot".to_owned(),
        description: None,
        expires_at: Expiry::Default,
        privileges,
        access_level,
        conditions: None,
    }
}

/// Begins with a token that nobody made.
async fn begin(world: &World, first: First) -> Option<Token> {
    let operator = Actor::Operator { tenant: narrowgate_store::TenantId::DEFAULT };
    let owner = world.user(USERS[first.owner]);
    let conditions = Some(first.conditions);
    let created = match first.place {
        Some((resource, role)) => {
            let place = place_of(world, &owner, resource).await?;
            let new = NewResourceToken { conditions, ..for_resource(&owner, place, role, first.wanted) };
            authority::create_for_resource(&world.state, operator, &new).await
        }
        None => {
            let sudo = first.sudo && owner.connection.administrator;
            let sudo = sudo && matches!(first.wanted, Requested::FineGrained(_));
            let new = NewPersonalToken::new(owner.connection, "test", first.wanted);
            let new = NewPersonalToken { conditions, sudo, ..new };
            authority::create(&world.state, operator, &new).await
        }
    };
    created.ok().map(|created| created.token)
}

/// The maker's number and what came of it.
async fn take(world: &World, tokens: &[Token], step: Step) -> Option<(Token, Token)> {
    let pick = |at: usize| Token::clone(&tokens[at % tokens.len()]);
    let state = &world.state;
    let (maker, made) = match step {
        Step::Create { maker, owner, wanted, conditions, sudo } => {
            let maker = pick(maker);
            let caller = world.bearer(&maker);
            let new = NewPersonalToken::new(world.connection(USERS[owner]), "test", wanted);
            let new = NewPersonalToken { conditions, sudo, ..new };
            (maker, authority::create(state, Actor::Caller(&caller), &new).await)
        }
        Step::Impersonate { maker, owner, wanted } => {
            let maker = pick(maker);
            let caller = world.bearer(&maker);
            let new = NewPersonalToken::new(world.connection(USERS[owner]), "test", wanted);
            (maker, authority::create_impersonation(state, Actor::Caller(&caller), &new).await)
        }
        Step::CreateFor { maker, place, role, wanted } => {
            let maker = pick(maker);
            let caller = world.bearer(&maker);
            let place = place_of(world, &caller, place).await?;
            let new = for_resource(&caller, place, role, wanted);
            (maker, authority::create_for_resource(state, Actor::Caller(&caller), &new).await)
        }
        Step::Rotate { maker, target } => {
            let (maker, target) = (pick(maker), pick(target));
            let caller = world.bearer(&maker);
            (maker, authority::rotate(state, Actor::Caller(&caller), target.id, Expiry::Default).await)
        }
        Step::RotateFor { maker, place, target } => {
            let (maker, target) = (pick(maker), pick(target));
            let caller = world.bearer(&maker);
            let place = place_of(world, &caller, place).await?;
            (maker, authority::rotate_for_resource(state, &caller, &place, target.id, Expiry::Default).await)
        }
    };
    Some((maker, made.ok()?.token))
}

async fn play(first: Vec<First>, steps: Vec<Step>) -> Vec<Token> {
    let world = World::new().await;
    let mut tokens = Vec::new();
    for first in first {
        tokens.extend(begin(&world, first).await);
    }
    let mut made = Vec::new();
    if tokens.is_empty() {
        return made;
    }
    for step in steps {
        let Some((maker, new)) = take(&world, &tokens, step).await else { continue };
        let (wanted, held) = (abilities(&new), abilities(&maker));
        let beyond: Vec<_> = wanted.difference(&held).collect();
        assert!(beyond.is_empty(), "{maker:?} made {new:?}, which can {beyond:?}");
        made.push(new.clone());
        tokens.push(new);
    }
    made
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]
    #[test]
    fn no_token_exceeds_its_maker(
        first in proptest::collection::vec(first(), 1..5),
        steps in proptest::collection::vec(step(), 1..10),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(first, steps));
    }
}

#[test]
fn the_property_speaks_of_known_permissions() {
    assert!(PERMISSIONS.iter().all(|name| Catalog::embedded().permission(name).is_some()));
}

fn by_root(wanted: Requested) -> First {
    First { owner: 0, wanted, conditions: Conditions::default(), sudo: false, place: None }
}

#[tokio::test]
async fn the_property_is_not_empty() {
    let all = Requested::FineGrained(vec![grant(GrantAccess::AllMemberships, &["read_job"])]);
    let wanted = Requested::FineGrained(vec![on(&[22], &[11], &["read_job"])]);
    let within = Requested::FineGrained(vec![on(&[22], &[], &["read_job"])]);
    let place = Resource::Group(11);
    let steps = vec![
        Step::Create { maker: 0, owner: 1, wanted, conditions: None, sudo: false },
        Step::Rotate { maker: 0, target: 1 },
        Step::CreateFor { maker: 0, place: Resource::Project(22), role: Role::Developer, wanted: within },
        Step::RotateFor { maker: 0, place: Resource::Project(22), target: 3 },
    ];
    assert_eq!(play(vec![First { owner: 1, ..by_root(all) }], steps).await.len(), 4);
    let api = Requested::Legacy(vec!["api".to_owned()]);
    let steps = vec![
        Step::Impersonate { maker: 0, owner: 2, wanted: api.clone() },
        Step::CreateFor { maker: 0, place, role: Role::Owner, wanted: api.clone() },
        Step::RotateFor { maker: 2, place, target: 2 },
    ];
    let made = play(vec![by_root(api)], steps).await;
    assert_eq!(
        made.iter().map(|token| token.kind.as_str()).collect::<Vec<_>>(),
        ["personal", "group", "group"]
    );
}
