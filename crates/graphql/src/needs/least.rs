//! The fewest permissions that admit everything.

use std::collections::{BTreeMap, BTreeSet};

use narrowgate_catalog::{BoundaryType, PermissionId};

use super::{Needed, Way};

/// What a grant reaches, as far as a document can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Projects and groups: which ones, the data tells.
    Memberships,
    /// The token's owner.
    User,
    /// The instance.
    Instance,
}

/// Permissions to grant at places of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeastGrant {
    /// Where.
    pub reach: Reach,
    /// The permissions, in the catalogue's order.
    pub permissions: Vec<PermissionId>,
}

/// A permission at a kind of place.
type Granted = (Reach, PermissionId);

/// The fewest permissions with which a token gets all of a document that anybody gets: unclassified parts are left out.
///
/// Where several sets are equally small, the one that keeps to projects and groups, and to the user, is taken. Which
/// projects and groups it takes depends on the data.
#[must_use]
pub fn least(needed: &[Needed]) -> Vec<LeastGrant> {
    let demands: BTreeSet<Vec<BTreeSet<Granted>>> =
        needed.iter().filter(|needed| needed.is_classified()).map(options).collect();
    let mut chosen = BTreeSet::new();
    for demand in &demands {
        if let [only] = demand.as_slice() {
            chosen.extend(only);
        }
    }
    let open: Vec<&Vec<BTreeSet<Granted>>> =
        demands.iter().filter(|demand| !holds(demand, &chosen)).collect();
    let mut best = None;
    choose(&open, &chosen, &mut best);
    let mut grants: BTreeMap<Reach, Vec<PermissionId>> = BTreeMap::new();
    for (reach, permission) in best.unwrap_or(chosen) {
        grants.entry(reach).or_default().push(permission);
    }
    grants.into_iter().map(|(reach, permissions)| LeastGrant { reach, permissions }).collect()
}

/// The ways to admit a part, each as what has to be granted.
fn options(needed: &Needed) -> Vec<BTreeSet<Granted>> {
    let mut options: Vec<BTreeSet<Granted>> = needed.any.iter().flat_map(of_way).collect();
    options.sort();
    options.dedup();
    options
}

/// One option for each kind of place. Where a part may belong to a project or group, the owner alone is not enough: the
/// gate asks it only of what belongs to neither.
fn of_way(way: &Way) -> impl Iterator<Item = BTreeSet<Granted>> {
    let has = |boundary| way.boundaries.contains(&boundary);
    let in_container = has(BoundaryType::Project) || has(BoundaryType::Group);
    let reaches = [
        (in_container, Reach::Memberships),
        (has(BoundaryType::User) && !in_container, Reach::User),
        (has(BoundaryType::Instance), Reach::Instance),
    ];
    let reaches = reaches.into_iter().filter_map(|(counts, reach)| counts.then_some(reach));
    reaches.map(|reach| way.permissions.iter().map(|permission| (reach, *permission)).collect())
}

fn holds(options: &[BTreeSet<Granted>], chosen: &BTreeSet<Granted>) -> bool {
    options.iter().any(|option| option.is_subset(chosen))
}

/// How much a choice is: its permissions, then how far they reach.
fn cost(chosen: &BTreeSet<Granted>) -> (usize, Vec<Reach>) {
    let mut reaches: Vec<Reach> = chosen.iter().map(|(reach, _)| *reach).collect();
    reaches.sort_by(|left, right| right.cmp(left));
    (chosen.len(), reaches)
}

/// Tries each option of the first demand that doesn't hold yet, and goes on from there while it can still be better.
fn choose(
    demands: &[&Vec<BTreeSet<Granted>>],
    chosen: &BTreeSet<Granted>,
    best: &mut Option<BTreeSet<Granted>>,
) {
    if best.as_ref().is_some_and(|best| cost(best) <= cost(chosen)) {
        return;
    }
    let mut rest = demands.iter();
    let Some(demand) = rest.find(|demand| !holds(demand, chosen)) else {
        *best = Some(chosen.clone());
        return;
    };
    for option in *demand {
        choose(rest.as_slice(), &chosen.union(option).copied().collect(), best);
    }
}
