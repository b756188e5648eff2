//! The way to a decision, step by step, for people.

use narrowgate_catalog::{
    BoundaryType, Catalog, JobPolicy, JobPolicySet, PermissionId, Role, Scope, ScopeSet,
};

use crate::decide::{is_bounded, is_public_read, may_sudo};
use crate::judge::{Case, Verdict, cases};
use crate::{Bearer, Enforcement, LocatedNeed, PermissionList, Privileges, Push, Question, Reach, Reason};

/// One step of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The token is alive.
    Alive,
    /// The token is dead; nothing else was looked at.
    Dead(Reason),
    /// The operation can't be decided for this kind of token.
    Unsupported(Reason),
    /// The request acts as another user.
    Sudo {
        /// Whether the token may do so at all.
        allowed: bool,
    },
    /// The token may push to some refs only.
    Refs {
        /// Whether those that the operation names are among them.
        allowed: bool,
    },
    /// A legacy token's scopes were compared.
    Scopes {
        /// The scopes that admit the operation.
        admitting: ScopeSet,
        /// Whether the token has one of them.
        held: bool,
    },
    /// A place under a top-level group that takes fine-grained tokens only.
    Enforced(BoundaryType, u64),
    /// As [`Self::Enforced`], in a dry run.
    WouldBeEnforced(BoundaryType, u64),
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
    /// These grants have all the permissions between them; a token without grants is let in by other means.
    Held(Vec<Reach>),
    /// Grants reach the place, but lack permissions.
    Missing(PermissionList),
    /// No grant reaches the place, or it is beyond what the token is confined to.
    Outside,
    /// The role held there is too low.
    RoleTooLow {
        /// The token's own role, or that of the user who is acted as.
        held: Option<Role>,
        /// The least that it takes.
        needed: Role,
    },
    /// The allowlist does not name the job's project.
    NotAllowlisted,
    /// The allowlist entry lacks these policies.
    PolicyMissing(JobPolicySet),
    /// The place can't be found, as far as the owner may know.
    NotFound,
}

/// The steps of [`crate::decide()`] for the same question; every need is shown, also those after the first that failed.
#[must_use]
pub fn trace(bearer: &Bearer, question: &Question<'_>) -> Vec<Step> {
    if let Some(reason) = bearer.barred(question.now, question.address) {
        return vec![Step::Dead(reason)];
    }
    let mut steps = vec![Step::Alive];
    if question.acting_as.is_some() {
        steps.push(Step::Sudo { allowed: may_sudo(bearer) });
    }
    steps.extend(trace_push(bearer, question.push));
    match &bearer.privileges {
        Privileges::FineGrained(_) => trace_grants(bearer, question, &mut steps),
        Privileges::Legacy(scopes) => trace_scopes(bearer, *scopes, question, &mut steps),
        Privileges::Job => trace_job(bearer, question, &mut steps),
    }
    steps
}

fn trace_push(bearer: &Bearer, push: Push<'_>) -> Option<Step> {
    let restricted = bearer.conditions.as_ref().is_some_and(|own| !own.push_refs.is_empty());
    let refused = match push {
        Push::Refs(names) => names.iter().any(|name| !bearer.allows_ref(name)),
        Push::Unknown => true,
        Push::Nothing | Push::ByCommand => false,
    };
    (restricted && push != Push::Nothing).then_some(Step::Refs { allowed: !refused })
}

fn trace_grants(bearer: &Bearer, question: &Question<'_>, steps: &mut Vec<Step>) {
    if !question.fine_grained_supported {
        steps.push(Step::Unsupported(Reason::KindNotAccepted));
    } else if question.needs.is_empty() {
        steps.push(Step::Unsupported(Reason::NotCovered));
    } else {
        trace_needs(bearer, question, steps);
    }
}

fn trace_job(bearer: &Bearer, question: &Question<'_>, steps: &mut Vec<Step>) {
    match question.job_token {
        None => steps.push(Step::Unsupported(Reason::NotOpenToJobs)),
        Some(rule) if question.needs.is_empty() => {
            if !rule.policies.is_empty() || rule.own_project_only {
                steps.push(Step::Unsupported(Reason::NotAllowlisted));
            }
        }
        Some(_) => trace_needs(bearer, question, steps),
    }
}

fn trace_needs(bearer: &Bearer, question: &Question<'_>, steps: &mut Vec<Step>) {
    let steps_of = |nth| {
        let tried: Vec<Tried> = cases(bearer, question, nth).map(|case| try_place(&case)).collect();
        let held = tried.iter().any(|tried| matches!(tried.outcome, Outcome::Held(_)));
        move |need: &LocatedNeed<'_>| Step::Need {
            permissions: need.permissions.into(),
            public: !held && question.public_reads && is_public_read(need),
            tried,
        }
    };
    steps.extend(question.needs.iter().enumerate().map(|(nth, need)| steps_of(nth)(need)));
}

fn try_place(case: &Case<'_>) -> Tried {
    let place = case.place;
    let outcome = match case.judge() {
        Verdict::Held => Outcome::Held(match &case.bearer.privileges {
            Privileges::FineGrained(grants) => grants.reach(place),
            Privileges::Legacy(_) | Privileges::Job => Vec::new(),
        }),
        Verdict::Missing(missing) => Outcome::Missing(missing),
        Verdict::Outside => Outcome::Outside,
        Verdict::NotFound => Outcome::NotFound,
        Verdict::NotAllowlisted => Outcome::NotAllowlisted,
        Verdict::PolicyMissing(policies) => Outcome::PolicyMissing(policies),
        Verdict::RoleTooLow(held, needed) => Outcome::RoleTooLow { held, needed },
    };
    let id = place.located().map(|located| located.id).filter(|_| outcome != Outcome::NotFound);
    Tried { boundary: place.boundary(), id, outcome }
}

fn trace_scopes(bearer: &Bearer, held: ScopeSet, question: &Question<'_>, steps: &mut Vec<Step>) {
    let enough = held.intersects(question.scopes);
    steps.push(Step::Scopes { admitting: question.scopes, held: enough });
    let places = question.needs.iter().flat_map(|need| need.places);
    let located = places.filter_map(|place| place.located().map(|located| (place.boundary(), located)));
    steps.extend(located.filter_map(|(boundary, located)| match located.enforcement {
        Enforcement::Off => None,
        Enforcement::DryRun => Some(Step::WouldBeEnforced(boundary, located.id)),
        Enforcement::On => Some(Step::Enforced(boundary, located.id)),
    }));
    if is_bounded(bearer, question) {
        if question.needs.is_empty() && bearer.confinement.is_some() && !question.itself {
            steps.push(Step::Unsupported(Reason::OutsideBoundary));
        }
        trace_needs(bearer, question, steps);
    }
}

impl Step {
    /// Whether the request may go on after this step.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::Alive | Self::WouldBeEnforced(..) => true,
            Self::Dead(_) | Self::Unsupported(_) | Self::Enforced(..) => false,
            Self::Scopes { held: passes, .. }
            | Self::Sudo { allowed: passes }
            | Self::Refs { allowed: passes } => *passes,
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
            Self::WouldBeEnforced(boundary, id) => {
                vec![format!(
                    "The top-level group of {boundary} {id} will accept fine-grained tokens only; this is a dry run."
                )]
            }
            Self::Sudo { allowed: true } => vec!["The token may act as another user.".to_owned()],
            Self::Sudo { allowed: false } => vec![Reason::SudoNotAllowed.sentence().to_owned()],
            Self::Refs { allowed: true } => vec!["The token may push to these refs.".to_owned()],
            Self::Refs { allowed: false } => vec![Reason::RefNotAllowed.sentence().to_owned()],
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
            Outcome::Held(by) if by.is_empty() => format!("On {place}: within what the token may reach."),
            Outcome::Held(by) => {
                let by: Vec<String> = by.iter().map(ToString::to_string).collect();
                format!("On {place}: granted through {}.", by.join(" and "))
            }
            Outcome::Missing(missing) => format!("On {place}: {} missing.", names(missing, catalog)),
            Outcome::Outside => format!("On {place}: no grant reaches it."),
            Outcome::RoleTooLow { held, needed } => {
                let held = held.map_or("none", Role::as_str);
                format!("On {place}: the role {needed} is needed, and {held} is held.")
            }
            Outcome::NotAllowlisted => format!("On {place}: the allowlist does not name the job's project."),
            Outcome::PolicyMissing(policies) if policies.is_empty() => {
                format!("On {place}: not open to its jobs.")
            }
            Outcome::PolicyMissing(policies) => {
                let policies: Vec<&str> = policies.iter().map(JobPolicy::as_str).collect();
                format!("On {place}: the allowlist lacks {}.", policies.join(", "))
            }
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
