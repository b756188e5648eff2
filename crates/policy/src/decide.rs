//! The one rule book.

use narrowgate_catalog::ScopeSet;

use crate::{
    Bearer, Denial, Grants, LocatedNeed, PermissionList, Place, Privileges, Question, Reason, TokenClass,
};

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
    match check(bearer, question) {
        Ok(basis) => Decision::Allow(basis),
        Err(refusal) => Decision::Deny(describe(&refusal, bearer, question)),
    }
}

/// What went wrong, in few words: most requests are allowed, and those that aren't are described afterwards.
enum Refusal<'q> {
    /// Nothing to add to the reason.
    Plain(Reason),
    /// None of the scopes is held.
    Scope,
    /// A need that no grants meet.
    Need(&'q Grants, &'q LocatedNeed<'q>),
    /// A place that takes fine-grained tokens only.
    Enforced(&'q LocatedNeed<'q>, &'q Place<'q>),
}

fn check<'q>(bearer: &'q Bearer, question: &'q Question<'q>) -> Result<Basis, Refusal<'q>> {
    if let Some(reason) = bearer.dead(question.now) {
        return Err(Refusal::Plain(reason));
    }
    match &bearer.privileges {
        Privileges::FineGrained(grants) => check_grants(grants, question),
        Privileges::Legacy(scopes) => check_scopes(*scopes, question),
    }
}

fn check_grants<'q>(grants: &'q Grants, question: &'q Question<'q>) -> Result<Basis, Refusal<'q>> {
    if !question.fine_grained_supported {
        return Err(Refusal::Plain(Reason::KindNotAccepted));
    }
    if question.needs.is_empty() {
        return Err(Refusal::Plain(Reason::NotCovered));
    }
    let mut basis = Basis::PublicRead;
    for need in question.needs {
        if need.places.iter().any(|place| grants.hold(need.permissions, place)) {
            basis = Basis::Grants;
        } else if !(question.public_reads && is_public_read(need)) {
            return Err(Refusal::Need(grants, need));
        }
    }
    Ok(basis)
}

/// Whether the need asks only for what anyone may read there.
pub(crate) fn is_public_read(need: &LocatedNeed<'_>) -> bool {
    need.public_read && need.places.iter().filter_map(Place::located).any(|located| located.public)
}

/// A legacy token passes by its scopes, unless a place is under a top-level group that takes fine-grained tokens only.
fn check_scopes<'q>(held: ScopeSet, question: &'q Question<'q>) -> Result<Basis, Refusal<'q>> {
    if !held.intersects(question.scopes) {
        return Err(Refusal::Scope);
    }
    match question.needs.iter().find_map(enforced_place) {
        None => Ok(Basis::Scopes),
        Some((need, place)) => Err(Refusal::Enforced(need, place)),
    }
}

fn enforced_place<'q>(need: &'q LocatedNeed<'q>) -> Option<(&'q LocatedNeed<'q>, &'q Place<'q>)> {
    let enforced = |place: &&Place<'_>| place.located().is_some_and(|located| located.enforced);
    need.places.iter().find(enforced).map(|place| (need, place))
}

#[cold]
fn describe(refusal: &Refusal<'_>, bearer: &Bearer, question: &Question<'_>) -> Denial {
    let class = bearer.class;
    match refusal {
        Refusal::Plain(reason) => Denial::new(*reason).for_class(class),
        Refusal::Scope => {
            Denial { scopes: question.scopes, ..Denial::new(Reason::ScopeMissing).for_class(class) }
        }
        Refusal::Need(grants, need) => describe_need(grants, need, class),
        Refusal::Enforced(need, place) => {
            let missing = PermissionList::from_slice(need.permissions);
            Denial::on_place(Reason::FineGrainedRequired, class, place, need.permissions, missing)
        }
    }
}

/// GitLab's order: a hidden boundary makes the whole need "not found"; else the first alternative is named.
fn describe_need(grants: &Grants, need: &LocatedNeed<'_>, class: TokenClass) -> Denial {
    let hidden = need.places.iter().find(|place| !place.is_visible());
    let Some(place) = hidden.or(need.places.first()) else {
        let required = PermissionList::from_slice(need.permissions);
        return Denial {
            missing: required.clone(),
            required,
            ..Denial::new(Reason::NotFound).for_class(class)
        };
    };
    // Of one permission that was not found there is nothing to work out.
    let (covered, missing) = match need.permissions {
        [_] => (grants.cover(place), PermissionList::from_slice(need.permissions)),
        several => grants.survey(several, place),
    };
    let reason = match place {
        Place::NotFound(_) => Reason::NotFound,
        _ if need.permissions.is_empty() => Reason::NotCovered,
        _ if covered => Reason::PermissionMissing,
        _ => Reason::OutsideBoundary,
    };
    Denial::on_place(reason, class, place, need.permissions, missing)
}
