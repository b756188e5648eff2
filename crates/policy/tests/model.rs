//! The engine against the plain re-statement of its rules, over random worlds.

#[cfg(test)]
mod world;

use std::collections::BTreeSet;

use narrowgate_catalog::{PermissionSet, Scope, ScopeSet};
use narrowgate_policy::escalate::{Carried, Selected, Standing, escalate, includes};
use narrowgate_policy::{
    Access, Bearer, Decision, Denial, Grant, Grants, Place, Privileges, Reason, Step, Suggestion, TokenClass,
    decide, suggest, trace,
};
use proptest::prelude::*;
use world::{
    Names, PERMISSIONS, PlainBearer, PlainPrivileges, PlainQuestion, Spot, World, bearers, grants,
    permission, questions, real_grants, worlds,
};

fn denial(decision: Decision) -> Option<Denial> {
    match decision {
        Decision::Allow { .. } => None,
        Decision::Deny(denial) => Some(denial),
    }
}

fn fine_grained(grants: &[Grant]) -> Bearer {
    Bearer::new(TokenClass::Personal, Privileges::FineGrained(Grants::prepare(grants)))
}

fn names_of(list: &[narrowgate_catalog::PermissionId]) -> Names {
    list.iter().map(|id| id.index()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn decide_follows_the_plain_rules(world in worlds(), bearer in bearers(), question in questions()) {
        let expected = world.verdict(&bearer, &question);
        let denial = denial(world.ask(&question, |question| decide(&bearer.real(), question)));
        let reason = denial.as_ref().map(|denial| denial.reason);
        prop_assert_eq!(reason, expected.err().map(|(reason, _)| reason));

        let (Some(denial), Err((_, Some(spot)))) = (denial, expected) else { return Ok(()) };
        let place = world.locate(spot, &[]);
        prop_assert_eq!(denial.boundary, Some(place.boundary()));
        // Of what the bearer can't find nothing is told.
        let told = place.located().filter(|_| denial.reason != Reason::NotFound);
        prop_assert_eq!(denial.place, told.map(|located| (place.boundary(), located.id)));
        let lacks_permissions = matches!(denial.reason, Reason::PermissionMissing | Reason::OutsideBoundary);
        if let (PlainPrivileges::Grants(grants), None, true) = (&bearer.privileges, bearer.confined_to, lacks_permissions) {
            let held = world.permitted(grants, spot).unwrap_or_default();
            let required = names_of(&denial.required);
            prop_assert_eq!(names_of(&denial.missing), required.difference(&held).copied().collect::<Names>());
        }
    }

    #[test]
    fn a_dry_run_records_what_enforcement_would_refuse(
        world in worlds(),
        bearer in bearers(),
        question in questions(),
    ) {
        let enforced = World { enforced_roots: world.trial_roots.clone(), ..world.clone() };
        let trial = World { enforced_roots: BTreeSet::new(), ..world };
        let decide_in = |world: &World| world.ask(&question, |question| decide(&bearer.real(), question));
        let Decision::Allow { would_deny, .. } = decide_in(&trial) else { return Ok(()) };
        prop_assert_eq!(denial(decide_in(&enforced)), would_deny.map(|denial| *denial));
    }

    #[test]
    fn what_bounds_a_token_only_ever_takes_away(world in worlds(), bearer in bearers(), question in questions()) {
        let allowed = |bearer: &PlainBearer| {
            world.ask(&question, |question| decide(&bearer.real(), question).is_allow())
        };
        if allowed(&bearer) {
            let free = PlainBearer {
                not_before: None,
                addresses: BTreeSet::new(),
                branches: BTreeSet::new(),
                role: None,
                confined_to: None,
                sudo: true,
                ..bearer
            };
            prop_assert!(allowed(&free));
        }
    }

    #[test]
    fn nobody_gains_by_acting_as_another(world in worlds(), bearer in bearers(), question in questions()) {
        let allowed = |as_other| {
            let question = PlainQuestion { as_other, ..question.clone() };
            world.ask(&question, |question| decide(&bearer.real(), question).is_allow())
        };
        prop_assert!(!allowed(true) || allowed(false));
    }

    #[test]
    fn an_expired_or_revoked_token_is_dead_whatever_it_holds(
        world in worlds(),
        bearer in bearers(),
        question in questions(),
    ) {
        let dead = Bearer { revoked: true, ..bearer.real() };
        let reason = world.ask(&question, |question| denial(decide(&dead, question)).map(|denial| denial.reason));
        prop_assert_eq!(reason, Some(Reason::Revoked));
    }

    #[test]
    fn the_trace_ends_where_the_decision_does(world in worlds(), bearer in bearers(), question in questions()) {
        let bearer = bearer.real();
        let (allowed, steps) =
            world.ask(&question, |question| (decide(&bearer, question).is_allow(), trace(&bearer, question)));
        prop_assert_eq!(allowed, steps.iter().all(Step::passes), "{:?}", steps);
    }

    #[test]
    fn a_suggestion_allows_and_nothing_in_it_is_superfluous(
        world in worlds(),
        held in grants(),
        question in questions(),
    ) {
        let question = PlainQuestion { as_other: false, ..question };
        let held = real_grants(&held);
        world.ask(&question, |question| {
            let Some(denial) = denial(decide(&fine_grained(&held), question)) else {
                prop_assert_eq!(suggest(&fine_grained(&held), question), None);
                return Ok(());
            };
            let Some(Suggestion::Grants(more)) = suggest(&fine_grained(&held), question) else {
                let hopeless = |need: &narrowgate_policy::LocatedNeed<'_>| {
                    need.permissions.is_empty() || !need.places.iter().any(Place::is_visible)
                };
                let hopeless = question.needs.iter().any(hopeless)
                    || matches!(denial.reason, Reason::KindNotAccepted | Reason::NotCovered);
                prop_assert!(hopeless, "no suggestion for {:?}", denial);
                return Ok(());
            };
            let allowed = |more: &[Grant]| decide(&fine_grained(&[&held, more].concat()), question).is_allow();
            prop_assert!(allowed(&more));
            for (at, grant) in more.iter().enumerate() {
                for id in grant.permissions.iter() {
                    let mut less = more.clone();
                    less[at].permissions = grant.permissions.difference(&[id].into_iter().collect());
                    prop_assert!(!allowed(&less), "{:?} is superfluous in {:?}", id, more);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn no_token_makes_one_that_can_do_more(world in worlds(), maker in grants(), wanted in grants()) {
        let (maker, wanted) = (real_grants(&maker), real_grants(&wanted));
        if try_to_make(&world, &maker, &wanted) {
            let (maker, wanted) = (Grants::prepare(&maker), Grants::prepare(&wanted));
            for spot in world.spots() {
                let ancestors = world.ancestors(spot);
                let place = world.locate(spot, &ancestors);
                for at in PERMISSIONS {
                    let asked = [permission(at)];
                    prop_assert!(!wanted.hold(&asked, &place) || maker.hold(&asked, &place), "{:?} {}", spot, at);
                }
            }
        }
    }

    #[test]
    fn a_token_may_make_its_like_and_less(world in worlds(), maker in grants()) {
        let maker = real_grants(&maker);
        prop_assert!(try_to_make(&world, &maker, &maker));
        for grant in &maker {
            prop_assert!(try_to_make(&world, &maker, std::slice::from_ref(grant)));
        }
    }

    #[test]
    fn no_legacy_token_makes_a_wider_one(held in scope_sets(), wanted in scope_sets()) {
        let made = escalate(Carried::Legacy(held), Carried::Legacy(wanted), true, |_| Standing::default()).is_ok();
        let beyond = |scope: Scope| !held.contains(scope) && !held.contains(Scope::Api);
        if made && wanted.iter().any(beyond) {
            let included = [Scope::ReadUser, Scope::ReadRepository, Scope::ReadRegistry, Scope::ReadVirtualRegistry];
            prop_assert!(wanted.iter().filter(|scope| beyond(*scope)).all(|scope| included.contains(&scope)));
        }
        for sensitive in [Scope::Sudo, Scope::AdminMode] {
            prop_assert!(!made || !wanted.contains(sensitive) || held.contains(sensitive));
        }
    }
}

fn scope_sets() -> impl Strategy<Value = ScopeSet> {
    proptest::sample::subsequence(Scope::ALL.to_vec(), 0..=4).prop_map(ScopeSet::from_iter)
}

fn try_to_make(world: &World, maker: &[Grant], wanted: &[Grant]) -> bool {
    let chains: Vec<(Spot, Vec<u64>)> =
        world.spots().into_iter().map(|spot| (spot, world.ancestors(spot))).collect();
    let standing = |selected| {
        let wanted = match selected {
            Selected::Project(id) => Spot::Project(id),
            Selected::Group(id) => Spot::Group(id),
        };
        chains.iter().find(|(spot, _)| *spot == wanted).map_or_else(Standing::default, |(spot, ancestors)| {
            Standing {
                ancestors,
                member: world.role(*spot).is_some_and(|role| role > narrowgate_catalog::Role::NoAccess),
            }
        })
    };
    escalate(Carried::FineGrained(maker), Carried::FineGrained(wanted), true, standing).is_ok()
}

#[test]
fn grants_of_another_owner_carry_only_what_is_not_theirs() {
    let grant = |access| Grant { access, permissions: PermissionSet::from_iter([permission(1)]) };
    let may = |access: Access| {
        let grants = [grant(access)];
        escalate(Carried::FineGrained(&grants), Carried::FineGrained(&grants), false, |_| Standing::default())
            .is_ok()
    };
    assert!(may(Access::Instance));
    assert!(may(Access::SelectedMemberships { projects: vec![1], groups: vec![2] }));
    assert!(!may(Access::User));
    assert!(!may(Access::AllMemberships));
    assert!(!may(Access::PersonalProjects));
}

#[test]
fn more_permissions_than_fit_in_a_word_are_all_checked() {
    let all: Vec<_> = (0..200).map(permission).collect();
    let spread = |from: usize, to: usize, access| Grant {
        access,
        permissions: all[from..to].iter().copied().collect(),
    };
    let place = Place::Project(narrowgate_policy::Located { id: 7, ancestors: &[3], ..Default::default() });
    let project = Access::SelectedMemberships { projects: vec![7], groups: vec![] };
    let group = Access::SelectedMemberships { projects: vec![], groups: vec![3] };
    let halves = [spread(0, 100, project.clone()), spread(100, 200, group.clone())];
    assert!(Grants::prepare(&halves).hold(&all, &place));
    for left_out in [0, 63, 64, 127, 128, 199] {
        let without: Vec<Grant> = halves
            .iter()
            .cloned()
            .map(|grant| Grant {
                permissions: grant.permissions.difference(&PermissionSet::from_iter([all[left_out]])),
                ..grant
            })
            .collect();
        assert!(!Grants::prepare(&without).hold(&all, &place), "{left_out}");
    }
}

#[test]
fn a_prepared_token_stays_small() {
    let permissions = PermissionSet::from_iter([permission(5)]);
    let selected = |id| Grant {
        access: Access::SelectedMemberships { projects: vec![id], groups: vec![] },
        permissions,
    };
    let hundred: Vec<Grant> = (0..100).map(selected).collect();
    let (one, hundred) = (Grants::prepare(&[selected(1)]).size(), Grants::prepare(&hundred).size());
    assert!(one <= 64 + 128 + 2 * 16, "{one}");
    assert!(hundred <= 64 + 128 + 256 * 16, "{hundred}");
    assert!(size_of::<Bearer>() <= 128, "{}", size_of::<Bearer>());
}

#[test]
fn scopes_are_partly_ordered() {
    let ordered = |wide: &Scope, narrow: &Scope| includes(*wide, *narrow);
    for a in &Scope::ALL {
        assert!(ordered(a, a));
        for b in &Scope::ALL {
            assert!(a == b || !ordered(a, b) || !ordered(b, a), "{a} {b}");
            for c in &Scope::ALL {
                assert!(!ordered(a, b) || !ordered(b, c) || ordered(a, c), "{a} {b} {c}");
            }
        }
    }
    // `api` is wider than all others but those by which one acts as somebody else.
    for scope in Scope::ALL {
        assert_eq!(includes(Scope::Api, scope), !matches!(scope, Scope::Sudo | Scope::AdminMode));
    }
}

#[test]
fn a_wider_scope_admits_whatever_a_narrower_one_does() {
    let catalog = narrowgate_catalog::Catalog::embedded();
    let mut wrong = std::collections::BTreeSet::new();
    for operation in catalog.operations() {
        for narrow in operation.scopes.iter() {
            for wide in Scope::ALL.into_iter().filter(|wide| includes(*wide, narrow)) {
                if !operation.scopes.contains(wide) {
                    wrong.insert(format!("{wide} {narrow}: {} {}", operation.method, operation.template));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
