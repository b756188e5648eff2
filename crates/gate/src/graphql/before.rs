//! What is decided before anything is forwarded: root fields, by the places that their arguments name.

use narrowgate_catalog::PermissionId;
use narrowgate_graphql::plan::{At, Candidate, Kind, Plan, Requirement, RootCheck};
use narrowgate_graphql::{Decided, Named, Refusal};
use narrowgate_policy::Place;
use smallvec::SmallVec;

use super::court::{Claim, Court, of_kind};
use super::places::Places;

/// The places that root fields name.
pub(super) fn names(checks: &[RootCheck]) -> impl Iterator<Item = &Named> {
    let candidates = checks.iter().flat_map(|check| &check.requirements).flat_map(|needed| &needed.any);
    candidates.filter_map(named)
}

fn named(candidate: &Candidate) -> Option<&Named> {
    match &candidate.at {
        At::Place { named, .. } => Some(named),
        At::Parent(_) | At::User | At::Instance => None,
    }
}

/// Decides each root field: all that it needs must hold.
pub(super) fn decide(court: &mut Court<'_>, plan: &Plan, checks: &[RootCheck], places: &Places) -> Decided {
    let is_change = plan.kind == Kind::Mutation;
    let mut decided = Decided::default();
    for check in checks {
        match root(court, check, places, is_change) {
            Ok(place) => {
                decided.refused.push(None);
                decided.places.push(place);
            }
            Err(refusal) => {
                decided.refused.push(Some(refusal));
                decided.places.push(None);
            }
        }
    }
    decided
}

/// The place where everything holds, if it is one place.
fn root(
    court: &mut Court<'_>,
    check: &RootCheck,
    places: &Places,
    is_change: bool,
) -> Result<Option<Named>, Refusal> {
    if !check.is_covered {
        court.admit_unclassified(SmallVec::new())?;
    }
    let mut common = None;
    for (index, requirement) in check.requirements.iter().enumerate() {
        let place = hold(court, requirement, places, is_change)?.cloned();
        common = if index == 0 { place } else { common.filter(|common| Some(common) == place.as_ref()) };
    }
    Ok(common)
}

/// The place where a requirement holds; none, where that is on the user or the instance.
fn hold<'r>(
    court: &mut Court<'_>,
    requirement: &'r Requirement,
    places: &Places,
    is_change: bool,
) -> Result<Option<&'r Named>, Refusal> {
    let mut found: Vec<Found<'_, '_>> =
        requirement.any.iter().filter_map(|one| Found::of(one, places)).collect();
    // What an argument names is either a project or a group: the reading that found nothing is no hidden place.
    if found.iter().any(|found| found.place.is_visible()) {
        found.retain(|found| found.place.is_visible());
    }
    let groups: SmallVec<[&[Found<'_, '_>]; 2]> =
        found.chunk_by(|left, right| left.candidate.permissions == right.candidate.permissions).collect();
    let claims: SmallVec<[Claim<'_>; 2]> = groups
        .iter()
        .map(|group| Claim {
            permissions: group.first().map(|found| permissions(found.candidate)).unwrap_or_default(),
            places: group.iter().map(|found| found.place).collect(),
        })
        .collect();
    let admitted = court.admit(&claims, is_change)?;
    let of_group = groups.get(admitted).copied().unwrap_or_default();
    let mut names = of_group.iter().map(|found| named(found.candidate));
    let first = names.next().flatten();
    Ok(first.filter(|first| names.all(|other| other == Some(*first))))
}

/// A candidate, and what was found there.
struct Found<'r, 'p> {
    candidate: &'r Candidate,
    place: Place<'p>,
}

impl<'r, 'p> Found<'r, 'p> {
    fn of(candidate: &'r Candidate, places: &'p Places) -> Option<Self> {
        let place = match &candidate.at {
            At::Place { boundary, named } => of_kind(places.get(named)?, *boundary)?,
            At::User => Place::User,
            At::Instance => Place::Instance,
            // The root belongs nowhere.
            At::Parent(_) => return None,
        };
        Some(Self { candidate, place })
    }
}

fn permissions(candidate: &Candidate) -> &[PermissionId] {
    &candidate.permissions
}
