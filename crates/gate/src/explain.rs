//! A dry run of the steps before `forward`, for people who ask why.

use std::net::IpAddr;
use std::sync::Arc;

use http::Request;
use http::header::HOST;
use http::request::Parts;
use narrowgate_catalog::{BoundaryType, Operation, OperationAccess, PermissionId, Role};
use narrowgate_policy::{
    Basis, Bearer, Decision, Denial, Enforcement, Place, Reason, Step, Suggestion, decide, suggest, trace,
};
use narrowgate_secret::PlainToken;
use narrowgate_store::tokens::Token;

use crate::Gate;
use crate::authenticate::{self, Principal};
use crate::classify::values::Values;
use crate::classify::{self, Route};
use crate::core::Core;
use crate::decide::question;
use crate::locate::pin::Pin;
use crate::locate::{self, Eyes, FoundNeed, FoundNeeds, FoundPlace, Search, with_needs};
use crate::receive::{Violation, head};
use crate::refusal::Refusal;
use crate::rules;

/// What the gate would do with a request, and what it knew when it decided.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The token, if there is one with that text.
    pub token: Option<Arc<Token>>,
    /// The token as the decision sees it.
    pub bearer: Option<Bearer>,
    /// The operation, if the catalogue covers the request.
    pub operation: Option<&'static Operation>,
    /// What the operation demands and where.
    pub needs: Vec<ExplainedNeed>,
    /// The decision.
    pub decision: Decision,
    /// How it came about.
    pub steps: Vec<Step>,
    /// The least that would have allowed it, where something would.
    pub suggestion: Option<Suggestion>,
    /// What was wrong with the request, when it was refused before a decision.
    pub detail: Option<&'static str>,
}

/// One need, located.
#[derive(Clone, Debug)]
pub struct ExplainedNeed {
    /// The permissions, all of which are needed on one of the places.
    pub permissions: Vec<PermissionId>,
    /// The alternatives.
    pub places: Vec<ExplainedPlace>,
    /// Whether public places need no grant.
    pub public_read: bool,
}

/// One place.
#[derive(Clone, Debug)]
pub struct ExplainedPlace {
    /// What kind of boundary.
    pub boundary: BoundaryType,
    /// Whether it was found, and the owner may see it.
    pub found: bool,
    /// The project's or group's id.
    pub id: Option<u64>,
    /// The project's or group's full path.
    pub full_path: Option<String>,
    /// Groups above it, nearest first.
    pub ancestors: Vec<u64>,
    /// The owner's role there.
    pub role: Option<Role>,
    /// Whether it lies in the owner's own namespace.
    pub personal: bool,
    /// Whether everybody may see it.
    pub public: bool,
    /// Whether its top-level group takes fine-grained tokens only.
    pub enforced: bool,
}

/// Why no explanation could be given.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The store or the instance could not be asked.
    #[error("the request can't be explained: {0}")]
    Failed(&'static str),
    /// The store could not be asked.
    #[error("the store could not be asked")]
    Store(#[from] narrowgate_store::StoreError),
}

impl Gate {
    /// Goes through the steps for a request without forwarding it. `target` is the raw path and query; a request with
    /// a body is explained as if the body named no place.
    ///
    /// # Errors
    ///
    /// [`ExplainError`] when the store or the instance could not be asked; a refusal is no error.
    pub async fn explain(
        &self,
        method: &str,
        target: &str,
        token: &PlainToken,
        address: IpAddr,
    ) -> Result<Explanation, ExplainError> {
        let core = &*self.core;
        let mut explanation = Explanation::denied(Denial::new(Reason::NotCovered));
        explanation.token = core.store.tokens().find_by_digest(&token.digest()).await?.map(Arc::new);
        match explain(core, method, target, token, address, &mut explanation).await {
            Ok(()) => Ok(explanation),
            Err(Refusal::Denied(denial)) => Ok(explanation.with(*denial, None)),
            Err(Refusal::Push(push)) => Ok(explanation.with(push.denial, None)),
            Err(Refusal::Ambiguous(violation)) => {
                Ok(explanation.with(Denial::new(Reason::Ambiguous), Some(violation.text())))
            }
            Err(Refusal::Sudo) => Ok(explanation.with(Denial::new(Reason::Ambiguous), Some("sudo"))),
            Err(Refusal::Moved(_)) => {
                Ok(explanation.with(Denial::new(Reason::NotCovered), Some("the path lacks `.git`")))
            }
            Err(Refusal::Failed(failure)) => Err(ExplainError::Failed(failure.text())),
        }
    }
}

impl Explanation {
    fn denied(denial: Denial) -> Self {
        Self {
            token: None,
            bearer: None,
            operation: None,
            needs: Vec::new(),
            decision: Decision::Deny(denial),
            steps: Vec::new(),
            suggestion: None,
            detail: None,
        }
    }

    fn with(self, denial: Denial, detail: Option<&'static str>) -> Self {
        Self { decision: Decision::Deny(denial), detail, ..self }
    }
}

async fn explain(
    core: &Core,
    method: &str,
    target: &str,
    token: &PlainToken,
    address: IpAddr,
    explanation: &mut Explanation,
) -> Result<(), Refusal> {
    let head = parts(method, target)?;
    let method = head::check(&head, &core.config.limits)?;
    let principal = authenticate::by_digest(core, &token.digest()).await?;
    explanation.bearer = Some(principal.bearer.clone());
    let enforced = rules::admit(core, &principal).await?;
    let job = rules::origin(core, &principal).await?;
    let identity = &principal.link.identity;
    let eyes = Eyes { core, identity, enforced: &enforced, job: job.as_ref() };
    let path = classify::readable(head.uri.path());
    match classify::route(core.catalog, method, &head, &path)? {
        Route::Graphql => Err(Refusal::reason(Reason::KindNotAccepted)),
        Route::Repository(route) => {
            let service = route.service.ok_or(Violation::InvalidBody)?;
            let found = locate::repository(eyes, route.repository, service).await?;
            conclude(core, &principal, found.0, &found.1, address, explanation);
            Ok(())
        }
        Route::Rest(operation, params) => {
            let search = Search {
                eyes,
                candidates: &principal.selected,
                params: &params,
                query: head.uri.query().unwrap_or_default(),
                values: &Values::None,
                pin: Pin::default(),
            };
            let needs = locate::rest(&search, operation).await?;
            conclude(core, &principal, operation, &needs, address, explanation);
            Ok(())
        }
    }
}

fn parts(method: &str, target: &str) -> Result<Parts, Violation> {
    let request = Request::builder().method(method).uri(target).header(HOST, "gate").body(());
    request.map(|request| request.into_parts().0).map_err(|_| Violation::InvalidCharacter)
}

fn conclude(
    core: &Core,
    principal: &Principal,
    operation: &'static Operation,
    needs: &FoundNeeds,
    address: IpAddr,
    explanation: &mut Explanation,
) {
    explanation.operation = Some(operation);
    explanation.needs = needs.iter().map(ExplainedNeed::from).collect();
    let bearer = &principal.bearer;
    with_needs(needs, |needs| {
        let question = question(core, address, operation, needs);
        explanation.decision = match &operation.access {
            OperationAccess::Guarded { .. } => decide(bearer, &question),
            OperationAccess::Public => Decision::Allow { basis: Basis::PublicRead, would_deny: None },
            OperationAccess::OtherCredential { .. } => {
                Decision::Deny(Denial::new(Reason::OtherCredentialRequired))
            }
        };
        if matches!(operation.access, OperationAccess::Guarded { .. }) {
            explanation.steps = trace(bearer, &question);
            explanation.suggestion = suggest(bearer, &question);
        }
    });
}

impl From<&FoundNeed> for ExplainedNeed {
    fn from(need: &FoundNeed) -> Self {
        Self {
            permissions: need.permissions.to_vec(),
            places: need.places.iter().map(ExplainedPlace::from).collect(),
            public_read: need.public_read,
        }
    }
}

impl From<&FoundPlace> for ExplainedPlace {
    fn from(found: &FoundPlace) -> Self {
        let place = found.as_place();
        let located = place.located().copied().unwrap_or_default();
        let full_path = match found {
            FoundPlace::Project(facts, _) => Some(facts.full_path.clone()),
            FoundPlace::Group(facts, _) => Some(facts.full_path.clone()),
            FoundPlace::User | FoundPlace::Instance | FoundPlace::NotFound(_) => None,
        };
        Self {
            boundary: place.boundary(),
            found: !matches!(place, Place::NotFound(_)),
            id: place.located().map(|located| located.id),
            full_path,
            ancestors: located.ancestors.to_vec(),
            role: located.role,
            personal: located.personal,
            public: located.public,
            enforced: located.enforcement == Enforcement::On,
        }
    }
}
