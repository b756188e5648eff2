//! Allowing a request costs no allocation.

use allocation_counter::measure;
use std::net::{IpAddr, Ipv4Addr};

use narrowgate_catalog::{JobTokenRule, PermissionId, PermissionSet, Role, Scope, ScopeSet};
use narrowgate_policy::{
    Access, ActingAs, Basis, Bearer, Conditions, Confinement, Decision, Grant, Grants, JobAccess, Located,
    LocatedNeed, Micros, Place, Privileges, Push, Question, RefPattern, TokenClass, decide,
};

fn permissions() -> Vec<PermissionId> {
    (0..70).filter_map(PermissionId::new).collect()
}

fn allocations_to_allow(bearer: &Bearer, public_reads: bool, as_other: bool, basis: Basis) -> u64 {
    let needed = permissions();
    let project = Located {
        id: 7,
        ancestors: &[3, 2, 1],
        role: Some(Role::Guest),
        public: true,
        job: JobAccess::Default,
        ..Located::default()
    };
    let places = [Place::User, Place::Project(project)];
    let need = LocatedNeed { permissions: &needed, places: &places, public_read: true, role: Role::Guest };
    let needs = [need, need];
    let seen: [&[Place<'_>]; 2] = [&places, &places];
    let scopes = ScopeSet::from_iter([Scope::Api]);
    let address = IpAddr::V6(Ipv4Addr::new(192, 0, 2, 7).to_ipv6_mapped());
    let question = Question {
        public_reads,
        job_token: Some(JobTokenRule::default()),
        push: Push::Refs(&[b"refs/heads/feature/a/b"]),
        acting_as: as_other.then_some(ActingAs { administrator: false, places: &seen }),
        ..Question::new(&needs, scopes, Micros(0), address)
    };
    let mut decision = None;
    let allocations = measure(|| decision = Some(decide(bearer, &question))).count_total;
    assert_eq!(decision, Some(Decision::Allow { basis, would_deny: None }));
    allocations
}

#[test]
fn allowing_does_not_allocate() {
    let (first, last) = permissions().into_iter().partition::<Vec<_>, _>(|id| id.index() < 30);
    let on = |groups: Vec<u64>, ids: Vec<PermissionId>| Grant {
        access: Access::SelectedMemberships { projects: Vec::new(), groups },
        permissions: PermissionSet::from_iter(ids),
    };
    let grants = Grants::prepare(&[on(vec![1, 9], first), on(vec![2], last)]);
    let legacy = Privileges::Legacy(ScopeSet::from_iter([Scope::Api]));
    let plain = |privileges| Bearer::new(TokenClass::Personal, privileges);
    let granted = plain(Privileges::FineGrained(grants));
    assert_eq!(allocations_to_allow(&granted, false, false, Basis::Grants), 0);
    let nothing = plain(Privileges::FineGrained(Grants::prepare(&[])));
    assert_eq!(allocations_to_allow(&nothing, true, false, Basis::PublicRead), 0);
    assert_eq!(allocations_to_allow(&plain(legacy), false, false, Basis::Scopes), 0);
    assert_eq!(allocations_to_allow(&plain(Privileges::Job), false, false, Basis::Allowlist), 0);
    let conditions = Conditions {
        not_before: Some(Micros(0)),
        addresses: ["10.0.0.0/8", "192.0.2.0/24"].iter().map(|range| range.parse().unwrap()).collect(),
        push_refs: vec![RefPattern::parse("refs/heads/*").unwrap()],
    };
    let bounded =
        Bearer { role: Some(Role::Guest), conditions: Some(Box::new(conditions)), sudo: true, ..granted };
    assert_eq!(allocations_to_allow(&bounded, false, true, Basis::Grants), 0);
    let confined = Bearer { confinement: Some(Confinement::Group(2)), sudo: false, ..bounded };
    assert_eq!(allocations_to_allow(&confined, false, false, Basis::Grants), 0);
}
