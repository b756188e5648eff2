//! The one rule book.

use narrowgate_catalog::{Scope, ScopeSet};

use crate::judge::{Case, Verdict, cases};
use crate::{
    Bearer, Denial, Enforcement, LocatedNeed, PermissionList, Place, Privileges, Push, Question, Reason,
};

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The request may pass.
    Allow {
        /// What that rests on.
        basis: Basis,
        /// What would be refused, were it not a dry run.
        would_deny: Option<Box<Denial>>,
    },
    /// It may not.
    Deny(Denial),
}

impl Decision {
    /// Whether the request may pass.
    #[must_use]
    pub const fn is_allow(&self) -> bool {
        matches!(self, Self::Allow { .. })
    }

    /// The denial, if it is one.
    #[must_use]
    pub const fn denial(&self) -> Option<&Denial> {
        match self {
            Self::Allow { .. } => None,
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
    /// The allowlist of the project.
    Allowlist,
    /// Everything asked for is public.
    PublicRead,
    /// The token's being alive: whatever else it may do, it may revoke itself.
    Itself,
}

/// Decides one question for one bearer.
///
/// A dead token is refused before anything else is looked at. All needs of the operation must hold; the first that
/// doesn't makes the denial.
#[must_use]
pub fn decide(bearer: &Bearer, question: &Question<'_>) -> Decision {
    match check(bearer, question) {
        Ok(Pass { basis, dry: None }) => Decision::Allow { basis, would_deny: None },
        Ok(Pass { basis, dry: Some(refusal) }) => {
            let denial = describe(&refusal, bearer, question);
            Decision::Allow { basis, would_deny: Some(Box::new(denial)) }
        }
        Err(refusal) => Decision::Deny(describe(&refusal, bearer, question)),
    }
}

/// Decides the refs that the commands of a push name, by their full names: the first that the token may not touch makes
/// the denial.
///
/// # Errors
/// That denial.
pub fn check_refs<'n>(bearer: &Bearer, names: impl IntoIterator<Item = &'n [u8]>) -> Result<(), Denial> {
    match names.into_iter().find(|name| !bearer.allows_ref(name)) {
        None => Ok(()),
        Some(name) => Err(refuse_ref(bearer, Some(name))),
    }
}

fn refuse_ref(bearer: &Bearer, name: Option<&[u8]>) -> Denial {
    let ref_name = name.map(|name| String::from_utf8_lossy(name).into());
    Denial { ref_name, ..Denial::new(Reason::RefNotAllowed).for_class(bearer.class) }
}

/// An allowed request, and what a dry run has to record.
struct Pass<'q> {
    basis: Basis,
    dry: Option<Refusal<'q>>,
}

/// What went wrong, in few words: most requests are allowed, and those that aren't are described afterwards.
enum Refusal<'q> {
    /// Nothing to add to the reason.
    Plain(Reason),
    /// None of these scopes is held.
    Scope(ScopeSet),
    /// The token may act as nobody else.
    Acting,
    /// A ref that the token may not write; none if it is not known which.
    Ref(Option<&'q [u8]>),
    /// The need of that number is met nowhere.
    Need(usize),
    /// A place that takes fine-grained tokens only.
    Enforced(&'q LocatedNeed<'q>, &'q Place<'q>),
}

fn check<'q>(bearer: &'q Bearer, question: &'q Question<'q>) -> Result<Pass<'q>, Refusal<'q>> {
    if let Some(reason) = bearer.barred(question.now, question.address) {
        return Err(Refusal::Plain(reason));
    }
    if question.acting_as.is_some() && !may_sudo(bearer) {
        return Err(Refusal::Acting);
    }
    if question.push != Push::Nothing {
        check_push(bearer, question.push)?;
    }
    match &bearer.privileges {
        Privileges::FineGrained(_) => Ok(Pass { basis: check_grants(bearer, question)?, dry: None }),
        Privileges::Legacy(scopes) => check_scopes(bearer, *scopes, question),
        Privileges::Job => Ok(Pass { basis: check_job(bearer, question)?, dry: None }),
    }
}

/// Whether the token may act as anybody else at all.
pub(crate) fn may_sudo(bearer: &Bearer) -> bool {
    bearer.confinement.is_none()
        && match &bearer.privileges {
            Privileges::FineGrained(_) => bearer.sudo,
            Privileges::Legacy(scopes) => scopes.contains(Scope::Sudo),
            Privileges::Job => false,
        }
}

/// Decides whether the bearer may act as anybody else at all, whatever is asked.
///
/// # Errors
/// The denial: of a legacy token it names the scope, as GitLab does.
pub fn check_acting(bearer: &Bearer) -> Result<(), Denial> {
    if may_sudo(bearer) { Ok(()) } else { Err(refuse_acting(bearer)) }
}

fn refuse_acting(bearer: &Bearer) -> Denial {
    let legacy = matches!(bearer.privileges, Privileges::Legacy(_)) && bearer.confinement.is_none();
    if !legacy {
        return Denial::new(Reason::SudoNotAllowed).for_class(bearer.class);
    }
    let scopes = [Scope::Sudo].into_iter().collect();
    Denial { scopes, ..Denial::new(Reason::ScopeMissing).for_class(bearer.class) }
}

fn check_push<'q>(bearer: &Bearer, push: Push<'q>) -> Result<(), Refusal<'q>> {
    let restricted = bearer.conditions.as_ref().is_some_and(|own| !own.push_refs.is_empty());
    match push {
        Push::Refs(names) => match names.iter().find(|name| !bearer.allows_ref(name)) {
            Some(name) => Err(Refusal::Ref(Some(name))),
            None => Ok(()),
        },
        Push::Unknown if restricted => Err(Refusal::Ref(None)),
        Push::Nothing | Push::ByCommand | Push::Unknown => Ok(()),
    }
}

fn check_grants<'q>(bearer: &Bearer, question: &Question<'_>) -> Result<Basis, Refusal<'q>> {
    if !question.fine_grained_supported {
        return Err(Refusal::Plain(Reason::KindNotAccepted));
    }
    if question.needs.is_empty() {
        return Err(Refusal::Plain(Reason::NotCovered));
    }
    check_needs(bearer, question, Basis::Grants)
}

fn check_job<'q>(bearer: &Bearer, question: &Question<'_>) -> Result<Basis, Refusal<'q>> {
    match question.job_token {
        None => Err(Refusal::Plain(Reason::NotOpenToJobs)),
        // Without a project only what no policy controls is open, such as the job's own page.
        Some(rule) if question.needs.is_empty() => match rule.policies.is_empty() && !rule.own_project_only {
            true => Ok(Basis::Allowlist),
            false => Err(Refusal::Plain(Reason::NotAllowlisted)),
        },
        Some(_) => check_needs(bearer, question, Basis::Allowlist),
    }
}

/// Whether each need holds on one of its places, or asks only for what is public.
fn check_needs<'q>(bearer: &Bearer, question: &Question<'_>, by: Basis) -> Result<Basis, Refusal<'q>> {
    let mut basis = Basis::PublicRead;
    for (nth, need) in question.needs.iter().enumerate() {
        if cases(bearer, question, nth).any(|case| case.holds()) {
            basis = by;
        } else if !(question.public_reads && is_public_read(need)) {
            return Err(Refusal::Need(nth));
        }
    }
    Ok(basis)
}

/// Whether the need asks only for what anyone may read there.
pub(crate) fn is_public_read(need: &LocatedNeed<'_>) -> bool {
    need.public_read && need.places.iter().filter_map(Place::located).any(|located| located.public)
}

/// A legacy token passes by its scopes, unless a place is under a top-level group that takes fine-grained tokens only.
/// The needs are looked at only where something narrower than the scopes bounds the token; else the instance does that.
fn check_scopes<'q>(
    bearer: &Bearer,
    held: ScopeSet,
    question: &'q Question<'q>,
) -> Result<Pass<'q>, Refusal<'q>> {
    if !held.intersects(question.scopes) {
        return Err(Refusal::Scope(question.scopes));
    }
    if let Some((need, place)) = enforced_place(question, Enforcement::On) {
        return Err(Refusal::Enforced(need, place));
    }
    if is_bounded(bearer, question) {
        if question.needs.is_empty() && bearer.confinement.is_some() && !question.itself {
            return Err(Refusal::Plain(Reason::OutsideBoundary));
        }
        check_needs(bearer, question, Basis::Scopes)?;
    }
    let dry = enforced_place(question, Enforcement::DryRun);
    Ok(Pass { basis: Basis::Scopes, dry: dry.map(|(need, place)| Refusal::Enforced(need, place)) })
}

/// Whether something narrower than its scopes bounds what a legacy token may do.
pub(crate) fn is_bounded(bearer: &Bearer, question: &Question<'_>) -> bool {
    bearer.confinement.is_some() || bearer.role.is_some() || question.acting_as.is_some()
}

/// The first place whose top-level group enforces fine-grained tokens in that way.
pub(crate) fn enforced_place<'q>(
    question: &'q Question<'q>,
    enforcement: Enforcement,
) -> Option<(&'q LocatedNeed<'q>, &'q Place<'q>)> {
    let enforced =
        |place: &&Place<'_>| place.located().is_some_and(|located| located.enforcement == enforcement);
    let of_need = |need: &'q LocatedNeed<'q>| need.places.iter().find(enforced).map(|place| (need, place));
    question.needs.iter().find_map(of_need)
}

#[cold]
fn describe(refusal: &Refusal<'_>, bearer: &Bearer, question: &Question<'_>) -> Denial {
    let class = bearer.class;
    match refusal {
        Refusal::Plain(reason) => Denial::new(*reason).for_class(class),
        Refusal::Scope(scopes) => {
            Denial { scopes: *scopes, ..Denial::new(Reason::ScopeMissing).for_class(class) }
        }
        Refusal::Acting => refuse_acting(bearer),
        Refusal::Ref(name) => refuse_ref(bearer, *name),
        Refusal::Need(nth) => describe_need(bearer, question, *nth),
        Refusal::Enforced(need, place) => {
            let missing = PermissionList::from_slice(need.permissions);
            Denial::on_place(Reason::FineGrainedRequired, class, place, need.permissions, missing)
        }
    }
}

/// GitLab's order: a hidden boundary makes the whole need "not found"; else the alternative that came closest is named,
/// which is one that lacks but a role, or the first.
fn describe_need(bearer: &Bearer, question: &Question<'_>, nth: usize) -> Denial {
    let mut judged: Vec<(Case<'_>, Verdict)> =
        cases(bearer, question, nth).map(|case| (case, case.judge())).collect();
    let hidden = |(_, verdict): &(Case<'_>, Verdict)| *verdict == Verdict::NotFound;
    let close = |(_, verdict): &(Case<'_>, Verdict)| matches!(verdict, Verdict::RoleTooLow(..));
    let named = judged.iter().position(hidden).or_else(|| judged.iter().position(close)).unwrap_or(0);
    if named < judged.len() {
        let (case, verdict) = judged.swap_remove(named);
        return describe_case(&case, verdict);
    }
    let required = question.needs.get(nth).map(|need| need.permissions).unwrap_or_default();
    let required = PermissionList::from_slice(required);
    Denial { missing: required.clone(), required, ..Denial::new(Reason::NotFound).for_class(bearer.class) }
}

fn describe_case(case: &Case<'_>, verdict: Verdict) -> Denial {
    let required = case.need.permissions;
    let on = |reason, missing| Denial::on_place(reason, case.bearer.class, case.place, required, missing);
    let all = || PermissionList::from_slice(required);
    match verdict {
        Verdict::Missing(_) | Verdict::Outside if required.is_empty() => on(Reason::NotCovered, all()),
        Verdict::Missing(missing) => on(Reason::PermissionMissing, missing),
        Verdict::Outside => on(Reason::OutsideBoundary, all()),
        Verdict::NotFound | Verdict::Held => {
            let hidden = Place::NotFound(case.place.boundary());
            Denial::on_place(Reason::NotFound, case.bearer.class, &hidden, required, all())
        }
        Verdict::NotAllowlisted => on(Reason::NotAllowlisted, PermissionList::new()),
        Verdict::PolicyMissing(policies) => {
            Denial { policies, ..on(Reason::PolicyMissing, PermissionList::new()) }
        }
        Verdict::RoleTooLow(held, needed) => Denial {
            role_held: held,
            role_needed: Some(needed),
            ..on(Reason::RoleTooLow, PermissionList::new())
        },
    }
}
