//! The way to a decision, step by step, for people.

use narrowgate_catalog::{BoundaryType, Catalog, PermissionId, Scope, ScopeSet};

use crate::decide::is_public_read;
use crate::{Bearer, Grants, LocatedNeed, PermissionList, Place, Privileges, Question, Reach, Reason};

/// One step of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The token is alive.
    Alive,
    /// The token is dead; nothing else was looked at.
    Dead(Reason),
    /// The operation can't be decided for fine-grained tokens.
    Unsupported(Reason),
    /// A legacy token's scopes were compared.
    Scopes {
        /// The scopes that admit the operation.
        admitting: ScopeSet,
        /// Whether the token has one of them.
        held: bool,
    },
    /// A place under a top-level group that takes fine-grained tokens only.
    Enforced(BoundaryType, u64),
    /// One need and each alternative that was tried for it.
    Need {
        /// All of these are needed on one place.
        permissions: PermissionList,
        /// The alternatives.
        tried: Vec<Tried>,
        /// Whether it holds because what is asked for is public.
        public: bool,
    },
}

/// One alternative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The kind of place.
    pub boundary: BoundaryType,
    /// The project or group, where the owner may see it.
    pub id: Option<u64>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of one alternative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// These grants have all the permissions between them.
    Held(Vec<Reach>),
    /// Grants reach the place, but lack permissions.
    Missing(PermissionList),
    /// No grant reaches the place.
    Outside,
    /// The place can't be found, as far as the owner may know.
    NotFound,
}

/// The steps of [`crate::decide`] for the same question; every need is shown, also those after the first that failed.
#[must_use]
pub fn trace(bearer: &Bearer, question: &Question<'_>) -> Vec<Step> {
    if let Some(reason) = bearer.dead(question.now) {
        return vec![Step::Dead(reason)];
    }
    let mut steps = vec![Step::Alive];
    match &bearer.privileges {
        Privileges::FineGrained(grants) => trace_grants(grants, question, &mut steps),
        Privileges::Legacy(scopes) => trace_scopes(*scopes, question, &mut steps),
    }
    steps
}

fn trace_grants(grants: &Grants, question: &Question<'_>, steps: &mut Vec<Step>) {
    if !question.fine_grained_supported {
        steps.push(Step::Unsupported(Reason::KindNotAccepted));
    } else if question.needs.is_empty() {
        steps.push(Step::Unsupported(Reason::NotCovered));
    } else {
        steps.extend(question.needs.iter().map(|need| trace_need(grants, need, question.public_reads)));
    }
}

fn trace_need(grants: &Grants, need: &LocatedNeed<'_>, public_reads: bool) -> Step {
    let tried: Vec<Tried> = need.places.iter().map(|place| try_place(grants, need, place)).collect();
    let held = tried.iter().any(|tried| matches!(tried.outcome, Outcome::Held(_)));
    let public = !held && public_reads && is_public_read(need);
    Step::Need { permissions: need.permissions.into(), tried, public }
}

fn try_place(grants: &Grants, need: &LocatedNeed<'_>, place: &Place<'_>) -> Tried {
    let outcome = if !place.is_visible() {
        Outcome::NotFound
    } else if grants.hold(need.permissions, place) {
        Outcome::Held(grants.reach(place))
    } else if grants.cover(place) {
        Outcome::Missing(grants.missing(need.permissions, place))
    } else {
        Outcome::Outside
    };
    Tried { boundary: place.boundary(), id: place.located().map(|located| located.id), outcome }
}

fn trace_scopes(held: ScopeSet, question: &Question<'_>, steps: &mut Vec<Step>) {
    let enough = held.intersects(question.scopes);
    steps.push(Step::Scopes { admitting: question.scopes, held: enough });
    let places = question.needs.iter().flat_map(|need| need.places);
    let enforced = places.filter_map(|place| place.located().map(|located| (place.boundary(), located)));
    steps.extend(
        enforced
            .filter(|(_, located)| located.enforced)
            .map(|(boundary, located)| Step::Enforced(boundary, located.id)),
    );
}

impl Step {
    /// Whether the request may go on after this step.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Alive => true,
            Self::Dead(_) | Self::Unsupported(_) | Self::Enforced(..) => false,
            Self::Scopes { held, .. } => *held,
            Self::Need { tried, public, .. } => {
                *public || tried.iter().any(|tried| matches!(tried.outcome, Outcome::Held(_)))
            }
        }
    }

    /// The step in words, one line for each alternative.
    #[must_use]
    pub fn lines(&self, catalog: &Catalog) -> Vec<String> {
        match self {
            Self::Alive => {
                vec!["The token is neither revoked nor expired, and its owner is active.".to_owned()]
            }
            Self::Dead(reason) | Self::Unsupported(reason) => vec![reason.sentence().to_owned()],
            Self::Scopes { admitting, held } => vec![describe_scopes(*admitting, *held)],
            Self::Enforced(boundary, id) => {
                vec![format!("The top-level group of {boundary} {id} accepts fine-grained tokens only.")]
            }
            Self::Need { permissions, tried, public } => {
                let mut lines = vec![format!("Needed, all of: {}.", names(permissions, catalog))];
                lines.extend(tried.iter().map(|tried| tried.line(catalog)));
                lines.extend(public.then(|| "It is public, and public reads need no grant.".to_owned()));
                lines
            }
        }
    }
}

impl Tried {
    fn line(&self, catalog: &Catalog) -> String {
        let place = match self.id {
            Some(id) => format!("{} {id}", self.boundary),
            None => self.boundary.to_string(),
        };
        match &self.outcome {
            Outcome::Held(by) => {
                let by: Vec<String> = by.iter().map(ToString::to_string).collect();
                format!("On {place}: granted through {}.", by.join(" and "))
            }
            Outcome::Missing(missing) => format!("On {place}: {} missing.", names(missing, catalog)),
            Outcome::Outside => format!("On {place}: no grant reaches it."),
            Outcome::NotFound => format!("On {place}: not found, or not the owner's to know."),
        }
    }
}

fn describe_scopes(admitting: ScopeSet, held: bool) -> String {
    let scopes: Vec<&str> = admitting.iter().map(Scope::as_str).collect();
    let verdict = if held { "the token has one of them" } else { "the token has none of them" };
    format!("Scopes that admit the operation: {}; {verdict}.", scopes.join(", "))
}

fn names(permissions: &[PermissionId], catalog: &Catalog) -> String {
    let names: Vec<&str> = permissions.iter().map(|id| catalog.describe(*id).name.as_str()).collect();
    names.join(", ")
}
