//! What well-known clients ask is planned, and needs the permissions that one expects.

use std::collections::BTreeSet;

use narrowgate_catalog::{BoundaryType, PermissionId};
use narrowgate_graphql::guard::{Class, Rule};
use narrowgate_graphql::needs::{self, LeastGrant, Needed, Part, Reach, Way, least};
use narrowgate_graphql::plan::{Guarded, Limits, Position, Variables, plan};
use narrowgate_graphql_tests::corpus::{needs_of, read};
use narrowgate_graphql_tests::schema::{gitlab, guards};
use serde_json::Value;

#[test]
fn each_document_needs_what_it_should() {
    let examples = read();
    assert!(examples.len() >= 40, "{} documents", examples.len());
    let guarded = Guarded { schema: gitlab(), guards: guards() };
    let mut wrong = Vec::new();
    for example in &examples {
        let text = Value::from(example.expected.variables.clone()).to_string();
        let variables = Variables::parse(Some(&text)).unwrap();
        match plan(&guarded, &example.document, None, &variables, &Limits::default()) {
            Ok(plan) if needs_of(&plan) == example.expected.needs => {}
            Ok(plan) => wrong.push(format!("{} needs {:?}", example.name, needs_of(&plan))),
            Err(error) => wrong.push(format!("{}: {error:?}", example.name)),
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), examples.len(), wrong.join("\n"));
}

/// Whether a part is admitted by these permissions at these kinds of place.
fn admits(granted: &[LeastGrant], needed: &Needed) -> bool {
    let has = |reach, way: &Way| {
        let held = granted.iter().filter(|grant| grant.reach == reach).flat_map(|grant| &grant.permissions);
        let held: Vec<_> = held.collect();
        way.permissions.iter().all(|permission| held.contains(&permission))
    };
    let counts = |way: &Way| {
        let kinds = way.boundaries.iter();
        let mut reaches = kinds.map(|boundary| match boundary {
            BoundaryType::Project | BoundaryType::Group => Reach::Memberships,
            BoundaryType::User => Reach::User,
            BoundaryType::Instance => Reach::Instance,
        });
        reaches.any(|reach| has(reach, way))
    };
    !needed.is_classified() || needed.any.iter().any(counts)
}

/// The same without one permission.
fn without(granted: &[LeastGrant], reach: Reach, permission: PermissionId) -> Vec<LeastGrant> {
    let mut fewer = granted.to_vec();
    for grant in fewer.iter_mut().filter(|grant| grant.reach == reach) {
        grant.permissions.retain(|held| *held != permission);
    }
    fewer
}

#[track_caller]
fn assert_least(name: &str, needed: &[Needed]) {
    let granted = least(needed);
    for part in needed {
        assert!(admits(&granted, part), "{name}: {granted:?} don't admit {part:?}");
    }
    for grant in &granted {
        for permission in &grant.permissions {
            let fewer = without(&granted, grant.reach, *permission);
            assert!(!needed.iter().all(|part| admits(&fewer, part)), "{name}: {permission:?} is too much");
        }
    }
}

#[test]
fn least_grants_admit_all_of_each_document_and_none_is_too_much() {
    let guarded = Guarded { schema: gitlab(), guards: guards() };
    for example in read() {
        let text = Value::from(example.expected.variables).to_string();
        let variables = Variables::parse(Some(&text)).unwrap();
        let plan = plan(&guarded, &example.document, None, &variables, &Limits::default()).unwrap();
        assert_least(&example.name, &needs::of(&plan, &variables));
    }
}

/// The search is over what versions of GitLab ask for differently: the catalogue bounds it, and no document does.
#[test]
fn least_grants_are_found_for_all_types_at_once() {
    let names = gitlab().as_apollo().types.keys();
    let needed = names.filter_map(|name| match guards().class(name) {
        Class::Guarded(guard) => Some(Needed {
            part: Part::Type(name.as_str().into()),
            path: "".into(),
            position: Position::default(),
            any: guard.rules.any.iter().map(way_of).collect(),
        }),
        _ => None,
    });
    let needed: Vec<Needed> = needed.collect();
    assert!(needed.len() > 100, "{} types", needed.len());
    assert_least("all types", &needed);
}

fn way_of(rule: &Rule) -> Way {
    Way { permissions: rule.permissions.clone(), boundaries: rule.boundaries.clone() }
}

#[test]
fn what_may_be_left_out_is_needed_where_it_is_given() {
    let guarded = Guarded { schema: gitlab(), guards: guards() };
    // The permissions of a document that creates an issue, in an epic if there is one.
    let in_epic = |kind: &str, variables: &str| -> BTreeSet<PermissionId> {
        let input = "{projectPath: \"acme/web\", title: \"t\", epicId: $epic}";
        let document = format!("mutation($epic: {kind}) {{ createIssue(input: {input}) {{ errors }} }}");
        let variables = Variables::parse(Some(variables)).unwrap();
        let plan = plan(&guarded, &document, None, &variables, &Limits::default()).unwrap();
        let ways = needs::of(&plan, &variables).into_iter().flat_map(|needed| needed.any);
        ways.flat_map(|way| way.permissions).collect()
    };
    let alone = in_epic("EpicID", "{}");
    assert_eq!(in_epic("EpicID", "{\"epic\": null}"), alone);
    let within = in_epic("EpicID", "{\"epic\": \"gid://gitlab/Epic/7\"}");
    assert!(within.is_superset(&alone) && within.len() > alone.len(), "{alone:?} {within:?}");
    // What must have a value will have it, and a default is one.
    assert_eq!(in_epic("EpicID!", "{}"), within);
    assert_eq!(in_epic("EpicID = \"gid://gitlab/Epic/7\"", "{}"), within);
}
