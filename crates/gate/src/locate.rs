//! Step 5: which projects and groups the request is about, as its owner sees them.

mod lookup;
pub(crate) mod pin;
mod repository;

use std::sync::Arc;

use narrowgate_catalog::{BoundarySource, BoundaryType, Need, Operation, Params, PermissionId, Role, Source};
use narrowgate_gitlab::{Candidate, GroupFacts, Identity, ProjectFacts, Reference, Visibility};
use narrowgate_policy::{Enforcement, JobAccess, Located, LocatedNeed, Place};
use smallvec::{SmallVec, smallvec};

use crate::classify::values::{Values, in_query};
use crate::core::Core;
use crate::refusal::Refusal;
use crate::rules::{self, Enforced, JobOrigin};
use pin::Pin;
pub(crate) use repository::{repository, unlocated};

/// A need with the places it may be met on.
#[derive(Clone, Debug)]
pub(crate) struct FoundNeed {
    /// All of these are needed on one of the places.
    pub(crate) permissions: &'static [PermissionId],
    /// The alternatives.
    pub(crate) places: SmallVec<[FoundPlace; 2]>,
    /// Whether public places need no grant.
    pub(crate) public_read: bool,
    /// The least role that it takes.
    pub(crate) role: Role,
}

/// The needs of an operation, located.
pub(crate) type FoundNeeds = SmallVec<[FoundNeed; 1]>;

/// On what terms a place takes tokens.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terms {
    /// Whether it takes fine-grained tokens only.
    pub(crate) enforcement: Enforcement,
    /// What it lets the asking job do.
    pub(crate) job: JobAccess,
}

/// Through whose eyes places are seen.
#[derive(Clone, Copy)]
pub(crate) struct Eyes<'a> {
    /// What all requests share.
    pub(crate) core: &'a Core,
    /// As whom the instance is asked.
    pub(crate) identity: &'a Identity,
    /// Where the tenant takes fine-grained tokens only.
    pub(crate) enforced: &'a Enforced,
    /// Where the job runs, if it is a job that asks.
    pub(crate) job: Option<&'a JobOrigin>,
}

/// A place and what is known of it.
#[derive(Clone, Debug)]
pub(crate) enum FoundPlace {
    /// A project that the owner may see.
    Project(Arc<ProjectFacts>, Terms),
    /// A group that the owner may see.
    Group(Arc<GroupFacts>, Terms),
    /// The owner.
    User,
    /// The instance.
    Instance,
    /// Nothing that the owner may see.
    NotFound(BoundaryType),
}

impl FoundPlace {
    /// The place as the decision takes it.
    pub(crate) fn as_place(&self) -> Place<'_> {
        match self {
            Self::Project(project, terms) => Place::Project(Located {
                id: project.id,
                ancestors: &project.ancestors,
                role: project.role,
                personal: project.personal,
                public: project.visibility == Visibility::Public,
                enforcement: terms.enforcement,
                job: terms.job,
            }),
            Self::Group(group, terms) => Place::Group(Located {
                id: group.id,
                ancestors: &group.ancestors,
                role: group.role,
                personal: false,
                public: group.visibility == Visibility::Public,
                enforcement: terms.enforcement,
                job: terms.job,
            }),
            Self::User => Place::User,
            Self::Instance => Place::Instance,
            Self::NotFound(boundary) => Place::NotFound(*boundary),
        }
    }
}

/// Lends the needs to a decision, without a copy of any fact.
pub(crate) fn with_needs<R>(needs: &[FoundNeed], ask: impl FnOnce(&[LocatedNeed<'_>]) -> R) -> R {
    let places: SmallVec<[SmallVec<[Place<'_>; 2]>; 1]> =
        needs.iter().map(|need| need.places.iter().map(FoundPlace::as_place).collect()).collect();
    let located: SmallVec<[LocatedNeed<'_>; 1]> = needs
        .iter()
        .zip(&places)
        .map(|(need, places)| LocatedNeed {
            permissions: need.permissions,
            places,
            public_read: need.public_read,
            role: need.role,
        })
        .collect();
    ask(&located)
}

/// What a request's places are found with.
pub(crate) struct Search<'a> {
    /// Through whose eyes.
    pub(crate) eyes: Eyes<'a>,
    /// What the token selects, for look-ups that have to try each project.
    pub(crate) candidates: &'a [Candidate],
    /// Values of the path's parameters.
    pub(crate) params: &'a Params<'a>,
    /// The raw query.
    pub(crate) query: &'a str,
    /// Values of the body's parameters.
    pub(crate) values: &'a Values,
    /// What the path's first parameter named, if it did so by a path.
    pub(crate) pin: Pin,
}

/// Locates every need of a REST operation.
///
/// # Errors
///
/// A request that names a place in two ways, and an instance that can't be asked.
pub(crate) async fn rest(search: &Search<'_>, operation: &'static Operation) -> Result<FoundNeeds, Refusal> {
    let mut needs = FoundNeeds::new();
    for need in operation.needs() {
        let alternatives = alternatives(search, operation, need).await?;
        if alternatives.is_empty() && need.optional {
            continue;
        }
        needs.extend(spread(alternatives).into_iter().map(|places| FoundNeed {
            permissions: &need.permission_ids,
            places,
            public_read: operation.public_read,
            // Every bot rotates its own token, whatever its role.
            role: if operation.template.ends_with("/access_tokens/self/rotate") {
                Role::NoAccess
            } else {
                search.eyes.core.catalog.role_of(need)
            },
        }));
    }
    Ok(needs)
}

type Alternatives = SmallVec<[SmallVec<[FoundPlace; 1]>; 2]>;

/// The places of each alternative that the request names.
async fn alternatives(
    search: &Search<'_>,
    operation: &Operation,
    need: &'static Need,
) -> Result<Alternatives, Refusal> {
    let mut alternatives = Alternatives::new();
    for boundary in &need.boundaries {
        if is_number_of_another(search, operation, boundary) {
            continue;
        }
        let places = places(search, boundary).await?;
        if !places.is_empty() {
            alternatives.push(places);
        }
    }
    if need.boundaries.iter().any(|other| shares_parameter(other, need)) {
        one_reading(&mut alternatives);
    }
    Ok(alternatives)
}

/// The number in `/namespaces/:id` is a namespace's: a project of that number is another thing.
fn is_number_of_another(search: &Search<'_>, operation: &Operation, boundary: &BoundarySource) -> bool {
    let Source::Path { index, .. } = &boundary.source else { return false };
    let is_number = |raw: &str| matches!(Reference::parse(raw), Ok(Reference::Id(_)));
    boundary.boundary == BoundaryType::Project
        && operation.template.starts_with("/namespaces/:")
        && search.params.get(*index).is_some_and(is_number)
}

/// Whether one parameter of the request may name a project or a group.
fn shares_parameter(boundary: &BoundarySource, need: &Need) -> bool {
    let is_named = matches!(
        boundary.source,
        Source::Path { .. } | Source::Query { .. } | Source::Body { .. } | Source::Lookup(_)
    );
    is_named && need.boundaries.iter().filter(|other| other.source == boundary.source).count() > 1
}

/// What the parameter names is either: the reading that found nothing is no hidden place.
fn one_reading(alternatives: &mut Alternatives) {
    let is_hidden = |places: &SmallVec<[FoundPlace; 1]>| {
        places.iter().all(|place| matches!(place, FoundPlace::NotFound(_)))
    };
    if alternatives.iter().any(|places| !is_hidden(places)) {
        alternatives.retain(|places| !is_hidden(places));
    } else {
        alternatives.truncate(1);
    }
}

/// A list of places (a field of several items) makes one need of each: all of them must hold.
fn spread(alternatives: Alternatives) -> SmallVec<[SmallVec<[FoundPlace; 2]>; 1]> {
    if alternatives.iter().all(|places| places.len() == 1) {
        return smallvec![alternatives.into_iter().flatten().collect()];
    }
    alternatives.into_iter().flatten().map(|place| smallvec![place]).collect()
}

async fn places(
    search: &Search<'_>,
    boundary: &'static BoundarySource,
) -> Result<SmallVec<[FoundPlace; 1]>, Refusal> {
    let kind = boundary.boundary;
    match &boundary.source {
        Source::Owner => Ok(smallvec![FoundPlace::User]),
        Source::Instance => Ok(smallvec![FoundPlace::Instance]),
        Source::Path { index, .. } => match search.params.get(*index) {
            Some(raw) => {
                let reference = Reference::parse(raw).ok();
                let is_path = *index == 0 && matches!(reference, Some(Reference::Path(_)));
                let found = named(search, kind, reference).await?;
                if is_path {
                    search.pin.keep(&found);
                }
                Ok(smallvec![found])
            }
            None => Ok(smallvec![]),
        },
        Source::Query { names } => Box::pin(by_text(search, kind, first_in_query(search, names)?)).await,
        Source::Body { names } => Box::pin(by_text(search, kind, first_in_body(search, names)?)).await,
        Source::Lookup(reference) => Box::pin(lookup::places(search, kind, reference)).await,
    }
}

fn first_in_query(search: &Search<'_>, names: &[String]) -> Result<SmallVec<[String; 1]>, Refusal> {
    let mut found: SmallVec<[String; 1]> = SmallVec::new();
    for name in names {
        found.extend(in_query(search.query, name)?);
        // GitLab merges both; which one wins is not the gate's to guess.
        if !search.values.get(name)?.is_empty() {
            return Err(crate::receive::Violation::BoundaryParameter.into());
        }
    }
    at_most_one(found)
}

fn first_in_body(search: &Search<'_>, names: &[String]) -> Result<SmallVec<[String; 1]>, Refusal> {
    let mut found: SmallVec<[String; 1]> = SmallVec::new();
    let mut named = 0;
    for name in names {
        let values = search.values.get(name)?;
        named += usize::from(!values.is_empty());
        found.extend(values);
        found.extend(in_query(search.query, name)?);
    }
    if named > 1 || named == 0 { at_most_one(found) } else { Ok(found) }
}

/// Two names for one place could differ in what they mean.
fn at_most_one(found: SmallVec<[String; 1]>) -> Result<SmallVec<[String; 1]>, Refusal> {
    if found.len() > 1 { Err(crate::receive::Violation::BoundaryParameter.into()) } else { Ok(found) }
}

async fn by_text(
    search: &Search<'_>,
    kind: BoundaryType,
    texts: SmallVec<[String; 1]>,
) -> Result<SmallVec<[FoundPlace; 1]>, Refusal> {
    let mut places = SmallVec::new();
    for text in texts {
        places.push(named(search, kind, Reference::parse_decoded(&text).ok()).await?);
    }
    Ok(places)
}

async fn named(
    search: &Search<'_>,
    kind: BoundaryType,
    reference: Option<Reference>,
) -> Result<FoundPlace, Refusal> {
    let found = match (kind, reference) {
        (BoundaryType::User, _) => Some(FoundPlace::User),
        (BoundaryType::Instance, _) => Some(FoundPlace::Instance),
        (BoundaryType::Project, Some(reference)) => project(search.eyes, &reference).await?,
        (BoundaryType::Group, Some(reference)) => group(search.eyes, &reference).await?,
        (_, None) => None,
    };
    Ok(found.unwrap_or(FoundPlace::NotFound(kind)))
}

/// A project, as the owner sees it.
pub(crate) async fn project(eyes: Eyes<'_>, reference: &Reference) -> Result<Option<FoundPlace>, Refusal> {
    match eyes.core.directory.project(eyes.identity, reference).await? {
        Some(facts) => Ok(Some(placed(eyes, facts).await?)),
        None => Ok(None),
    }
}

/// A project on the terms on which it takes tokens.
async fn placed(eyes: Eyes<'_>, facts: Arc<ProjectFacts>) -> Result<FoundPlace, Refusal> {
    let Eyes { core, enforced, job, .. } = eyes;
    let enforcement = enforced.below(facts.ancestors.last().copied(), core.store.now());
    let job = match job {
        Some(origin) => Box::pin(rules::access_in_project(core, origin, &facts)).await?,
        None => JobAccess::None,
    };
    Ok(FoundPlace::Project(facts, Terms { enforcement, job }))
}

/// A group, as the owner sees it.
pub(crate) async fn group(eyes: Eyes<'_>, reference: &Reference) -> Result<Option<FoundPlace>, Refusal> {
    let Eyes { core, identity, enforced, job } = eyes;
    let Some(facts) = core.directory.group(identity, reference).await? else { return Ok(None) };
    let top = facts.ancestors.last().copied().unwrap_or(facts.id);
    let enforcement = enforced.below(Some(top), core.store.now());
    let job = job.map_or(JobAccess::None, |origin| rules::access_in_group(origin, &facts));
    Ok(Some(FoundPlace::Group(facts, Terms { enforcement, job })))
}
