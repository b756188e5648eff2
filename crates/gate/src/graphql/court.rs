//! Decides the objects and actions of one request, each as REST would, and keeps what has to be recorded of that.

use narrowgate_catalog::{BoundaryType, PermissionId, PermissionSet, Role, ScopeSet};
use narrowgate_graphql::Refusal;
use narrowgate_graphql::answer::{Judge, Standing, Way};
use narrowgate_policy::{Denial, LocatedNeed, Place, Privileges, Push, Reason, wire};
use smallvec::SmallVec;

use crate::decide::{self, Asker};
use crate::locate::FoundPlace;

/// Denials of one request that go into the audit log, each kind once.
const MOST_DENIALS: usize = 8;

/// Permissions, all of them, on any of the places.
pub(crate) struct Claim<'a> {
    pub(crate) permissions: &'a [PermissionId],
    pub(crate) places: SmallVec<[Place<'a>; 2]>,
}

/// What has to be recorded of a request.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// What was refused.
    pub(crate) denials: Vec<Denial>,
    /// What would be refused, were it not a dry run.
    pub(crate) would_deny: Vec<Denial>,
    /// The permissions that were used.
    pub(crate) used: PermissionSet,
}

/// Decides for one bearer.
pub(crate) struct Court<'a> {
    asker: Asker<'a>,
    scopes: ScopeSet,
    request_id: &'a str,
    /// Whether a legacy token's decision rests on more than scopes and enforcement.
    is_bounded: bool,
    /// What has to be recorded.
    pub(crate) tally: Tally,
}

impl<'a> Court<'a> {
    pub(crate) fn new(asker: Asker<'a>, scopes: ScopeSet, request_id: &'a str) -> Self {
        let bearer = &asker.principal.bearer;
        let is_bounded = bearer.confinement.is_some() || bearer.role.is_some();
        Self { asker, scopes, request_id, is_bounded, tally: Tally::default() }
    }

    /// Whether it is a legacy token that nothing but its scopes and groups which enforce fine-grained tokens bound.
    fn is_free(&self) -> bool {
        matches!(self.asker.principal.bearer.privileges, Privileges::Legacy(_)) && !self.is_bounded
    }

    /// Which of the claims admits.
    ///
    /// # Errors
    ///
    /// Why none does. Without any place, what is asked about was not found.
    pub(crate) fn admit(&mut self, claims: &[Claim<'_>], is_change: bool) -> Result<usize, Refusal> {
        self.weigh(claims, is_change).map_err(|denial| self.refuse(*denial))
    }

    /// Which of the claims admits, or is held wherever the owner sees anything. An administrator sees more than memberships.
    ///
    /// # Errors
    ///
    /// Why none does.
    fn admit_all(&mut self, claims: &[Claim<'_>]) -> Result<(), Refusal> {
        let Asker { core, principal, .. } = self.asker;
        let is_everywhere = |claim: &Claim<'_>| match &principal.bearer.privileges {
            Privileges::FineGrained(grants) => {
                grants.hold_on_memberships(claim.permissions) && !principal.link.connection.administrator
            }
            _ => false,
        };
        if self.is_free() || !self.is_bounded && claims.iter().any(is_everywhere) {
            return Ok(());
        }
        if claims.iter().any(|claim| !claim.places.is_empty()) {
            return self.admit(claims, false).map(|_| ());
        }
        let required = claims.first().map(|claim| claim.permissions).unwrap_or_default();
        let boundary = required.first().and_then(|id| core.catalog.describe(*id).boundaries.first().copied());
        let denial = Denial {
            required: required.into(),
            missing: required.into(),
            boundary,
            ..*self.denial(Reason::OutsideBoundary)
        };
        Err(self.refuse(denial))
    }

    fn weigh(&mut self, claims: &[Claim<'_>], is_change: bool) -> Result<usize, Box<Denial>> {
        let mut admitted = None;
        let mut denied = None;
        for (index, claim) in claims.iter().enumerate().filter(|(_, claim)| !claim.places.is_empty()) {
            match self.ask(claim, is_change) {
                Ok(would_deny) => {
                    self.would_deny(would_deny);
                    admitted = admitted.or(Some(index));
                    // A place that takes fine-grained tokens only refuses a legacy token whatever another says.
                    if !self.is_free() {
                        break;
                    }
                }
                Err(denial) if denial.reason == Reason::FineGrainedRequired => return Err(denial),
                Err(denial) => denied = denied.or(Some(denial)),
            }
        }
        match (admitted, denied) {
            (Some(index), _) => {
                let used = claims.get(index).map(|claim| claim.permissions).unwrap_or_default();
                used.iter().for_each(|id| self.tally.used.insert(*id));
                Ok(index)
            }
            (None, Some(denial)) => Err(denial),
            (None, None) => Err(self.denial(Reason::NotFound)),
        }
    }

    fn ask(&self, claim: &Claim<'_>, is_change: bool) -> Result<Option<Box<Denial>>, Box<Denial>> {
        let Asker { core, principal, .. } = self.asker;
        // What is nowhere to be found could be anywhere.
        if self.is_free() && claim.places.iter().all(|place| !place.is_visible()) {
            return Err(self.denial(Reason::NotFound));
        }
        let role = claim.permissions.iter().map(|id| core.catalog.describe(*id).role).max();
        let is_restricted =
            || principal.bearer.conditions.as_ref().is_some_and(|own| !own.push_refs.is_empty());
        let push = match is_change && is_restricted() && decide::writes_refs(core, claim.permissions) {
            true => Push::Unknown,
            false => Push::Nothing,
        };
        let need = LocatedNeed {
            permissions: claim.permissions,
            places: &claim.places,
            // The instance answers with the owner's eyes, who may see more of a public place than anybody.
            public_read: false,
            role: role.unwrap_or(Role::NoAccess),
        };
        decide::object(self.asker, self.scopes, need, push)
    }

    /// Whether what no file of the catalogue names may pass: with legacy tokens alone, outside of what takes fine-grained
    /// tokens only.
    ///
    /// # Errors
    ///
    /// Why it doesn't.
    pub(crate) fn admit_unclassified(&mut self, places: SmallVec<[Place<'_>; 2]>) -> Result<(), Refusal> {
        let claim = Claim { permissions: &[], places };
        let denied = match (self.is_free(), claim.places.is_empty()) {
            (true, true) => return Ok(()),
            (true, false) => self.ask(&claim, false),
            (false, _) => Err(self.denial(Reason::NotCovered)),
        };
        match denied {
            Ok(would_deny) => {
                self.would_deny(would_deny);
                Ok(())
            }
            Err(_) => Err(self.refuse(*self.denial(Reason::NotCovered))),
        }
    }

    fn denial(&self, reason: Reason) -> Box<Denial> {
        Box::new(Denial::new(reason).for_class(self.asker.principal.bearer.class))
    }

    fn would_deny(&mut self, denial: Option<Box<Denial>>) {
        if let Some(denial) = denial {
            keep(&mut self.tally.would_deny, *denial);
        }
    }

    /// The refusal as the client reads it.
    fn refuse(&mut self, denial: Denial) -> Refusal {
        let catalog = self.asker.core.catalog;
        let refusal = Refusal {
            message: wire::message(&denial, catalog).into(),
            detail: wire::detail(&denial, catalog, self.request_id),
        };
        keep(&mut self.tally.denials, denial);
        refusal
    }
}

fn keep(denials: &mut Vec<Denial>, denial: Denial) {
    let is_alike = |known: &Denial| known.reason == denial.reason && known.missing == denial.missing;
    if denials.len() < MOST_DENIALS && !denials.iter().any(is_alike) {
        denials.push(denial);
    }
}

/// Decides what an answer holds.
pub(crate) struct Bench<'c, 'a, 'p> {
    /// Who decides.
    pub(crate) court: &'c mut Court<'a>,
    /// The answer's places, in its order.
    pub(crate) places: Vec<Option<&'p FoundPlace>>,
}

fn claims<'p>(known: &[Option<&'p FoundPlace>], ways: &'p [Way<'_>]) -> SmallVec<[Claim<'p>; 2]> {
    let claim =
        |way: &'p Way<'_>| Claim { permissions: way.permissions, places: places(known, &way.standings) };
    ways.iter().map(claim).collect()
}

/// The places that count: those of another kind don't.
fn places<'p>(known: &[Option<&'p FoundPlace>], standings: &[Standing]) -> SmallVec<[Place<'p>; 2]> {
    let place = |standing: &Standing| match *standing {
        Standing::User => Some(Place::User),
        Standing::Instance => Some(Place::Instance),
        Standing::Place { index, boundary } => {
            known.get(index).copied().flatten().and_then(|found| of_kind(found, boundary))
        }
    };
    standings.iter().filter_map(place).collect()
}

/// The place, if it is of that kind or unknown.
pub(crate) fn of_kind(found: &FoundPlace, boundary: BoundaryType) -> Option<Place<'_>> {
    match found {
        FoundPlace::NotFound(_) => Some(Place::NotFound(boundary)),
        found => Some(found.as_place()).filter(|place| place.boundary() == boundary),
    }
}

impl Judge for Bench<'_, '_, '_> {
    fn judge(&mut self, ways: &[Way<'_>]) -> Result<(), Refusal> {
        let claims = claims(&self.places, ways);
        self.court.admit(&claims, false).map(|_| ())
    }

    fn judge_all(&mut self, ways: &[Way<'_>]) -> Result<(), Refusal> {
        let claims = claims(&self.places, ways);
        self.court.admit_all(&claims)
    }

    fn kind(&self, index: usize) -> Option<BoundaryType> {
        match self.places.get(index).copied().flatten()? {
            FoundPlace::NotFound(_) => None,
            found => Some(found.as_place().boundary()),
        }
    }

    fn unclassified(&mut self, standings: &[Standing]) -> Result<(), Refusal> {
        self.court.admit_unclassified(places(&self.places, standings))
    }
}
