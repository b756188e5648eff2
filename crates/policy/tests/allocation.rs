//! Allowing a request costs no allocation.

use allocation_counter::measure;
use narrowgate_catalog::{PermissionId, PermissionSet, Role, Scope, ScopeSet};
use narrowgate_policy::{
    Access, Basis, Bearer, Decision, Grant, Grants, Located, LocatedNeed, Micros, Place, Privileges,
    Question, TokenClass, decide,
};

fn permissions() -> Vec<PermissionId> {
    (0..70).filter_map(PermissionId::new).collect()
}

fn allocations_to_allow(privileges: Privileges, public_reads: bool, basis: Basis) -> u64 {
    let bearer = Bearer::new(TokenClass::Personal, privileges);
    let needed = permissions();
    let project =
        Located { id: 7, ancestors: &[3, 2, 1], role: Some(Role::Guest), public: true, ..Located::default() };
    let places = [Place::User, Place::Project(project)];
    let need = LocatedNeed { permissions: &needed, places: &places, public_read: true };
    let question = Question {
        needs: &[need, need],
        scopes: ScopeSet::from_iter([Scope::Api]),
        now: Micros(0),
        public_reads,
        fine_grained_supported: true,
    };
    let mut decision = None;
    let allocations = measure(|| decision = Some(decide(&bearer, &question))).count_total;
    assert_eq!(decision, Some(Decision::Allow(basis)));
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
    assert_eq!(allocations_to_allow(Privileges::FineGrained(grants), false, Basis::Grants), 0);
    assert_eq!(
        allocations_to_allow(Privileges::FineGrained(Grants::prepare(&[])), true, Basis::PublicRead),
        0
    );
    assert_eq!(allocations_to_allow(legacy, false, Basis::Scopes), 0);
}
