//! The one rule book.

use narrowgate_catalog::ScopeSet;

use crate::{Bearer, Denial, Grants, LocatedNeed, Place, Privileges, Question, Reason};

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The request may pass.
    Allow(Basis),
    /// It may not.
    Deny(Denial),
}

impl Decision {
    /// Whether the request may pass.
    #[must_use]
    pub const fn is_allow(&self) -> bool {
        matches!(self, Self::Allow(_))
    }

    /// The denial, if it is one.
    #[must_use]
    pub const fn denial(&self) -> Option<&Denial> {
        match self {
            Self::Allow(_) => None,
            Self::Deny(denial) => Some(denial),
        }
    }
}

/// What an allowed request rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The token's grants.
    Grants,
    /// A legacy token's scopes.
    Scopes,
    /// Everything asked for is public.
    PublicRead,
}

/// Decides one question for one bearer.
///
/// A dead token is refused before anything else is looked at. All needs of the operation must hold; the first that
/// doesn't makes the denial.
#[must_use]
pub fn decide(bearer: &Bearer, question: &Question<'_>) -> Decision {
    let decided = match bearer.dead(question.now) {
        Some(reason) => Err(Denial::new(reason)),
        None => match &bearer.privileges {
            Privileges::FineGrained(grants) => decide_fine_grained(grants, question),
            Privileges::Legacy(scopes) => decide_legacy(*scopes, question),
        },
    };
    match decided {
        Ok(basis) => Decision::Allow(basis),
        Err(denial) => Decision::Deny(denial.for_class(bearer.class)),
    }
}

fn decide_fine_grained(grants: &Grants, question: &Question<'_>) -> Result<Basis, Denial> {
    if !question.fine_grained_supported {
        return Err(Denial::new(Reason::KindNotAccepted));
    }
    if question.needs.is_empty() {
        return Err(Denial::new(Reason::NotCovered));
    }
    let mut basis = Basis::PublicRead;
    for need in question.needs {
        if need.places.iter().any(|place| grants.hold(need.permissions, place)) {
            basis = Basis::Grants;
        } else if !(question.public_reads && is_public_read(need)) {
            return Err(refuse(grants, need));
        }
    }
    Ok(basis)
}

/// Whether the need asks only for what anyone may read there.
pub(crate) fn is_public_read(need: &LocatedNeed<'_>) -> bool {
    need.public_read && need.places.iter().filter_map(Place::located).any(|located| located.public)
}

/// GitLab's order: a hidden boundary makes the whole need "not found"; else the first alternative is named.
fn refuse(grants: &Grants, need: &LocatedNeed<'_>) -> Denial {
    let hidden = need.places.iter().find(|place| !place.is_visible());
    let Some(place) = hidden.or(need.places.first()) else {
        return Denial { required: need.permissions.into(), ..Denial::new(Reason::NotFound) };
    };
    let reason = match place {
        Place::NotFound(_) => Reason::NotFound,
        _ if need.permissions.is_empty() => Reason::NotCovered,
        _ if grants.cover(place) => Reason::PermissionMissing,
        _ => Reason::OutsideBoundary,
    };
    let missing = grants.missing(need.permissions, place);
    Denial { required: need.permissions.into(), missing, ..Denial::new(reason).at(place) }
}

/// A legacy token passes by its scopes, unless a place is under a top-level group that takes fine-grained tokens only.
fn decide_legacy(held: ScopeSet, question: &Question<'_>) -> Result<Basis, Denial> {
    if !held.intersects(question.scopes) {
        return Err(Denial { scopes: question.scopes, ..Denial::new(Reason::ScopeMissing) });
    }
    match question.needs.iter().find_map(enforced_place) {
        None => Ok(Basis::Scopes),
        Some((need, place)) => Err(Denial {
            required: need.permissions.into(),
            missing: need.permissions.into(),
            ..Denial::new(Reason::FineGrainedRequired).at(place)
        }),
    }
}

fn enforced_place<'q>(need: &'q LocatedNeed<'q>) -> Option<(&'q LocatedNeed<'q>, &'q Place<'q>)> {
    let enforced = |place: &&Place<'_>| place.located().is_some_and(|located| located.enforced);
    need.places.iter().find(enforced).map(|place| (need, place))
}
