//! REST and Git, by their routes.

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderValue, Request, header::HOST};
use narrowgate_catalog::{Operation, OperationAccess};
use narrowgate_policy::{Basis, Bearer, Decision, Denial, Reason, Step, Suggestion, suggest, trace};
use narrowgate_store::tokens::Token;

use super::{ExplainError, ExplainedNeed, Sender, as_denial};
use crate::authenticate::{self, Principal};
use crate::classify::values::Values;
use crate::classify::{self, Route};
use crate::core::Core;
use crate::decide::{Asker, decide, with_question};
use crate::locate::pin::Pin;
use crate::locate::{self, Eyes, FoundNeeds, Search};
use crate::receive::{Violation, head};
use crate::refusal::Refusal;
use crate::sudo::{self, Impersonated};
use crate::{rules, ways};

/// What the gate would do with a request, and what it knew when it decided.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The token, if there is one with that text.
    pub token: Option<Arc<Token>>,
    /// The token as the decision sees it.
    pub bearer: Option<Bearer>,
    /// The operation, if the catalogue covers the request.
    pub operation: Option<&'static Operation>,
    /// What the operation demands and where, in the eyes of the token's owner.
    pub needs: Vec<ExplainedNeed>,
    /// The user that the request acts as, if there is one and the token may.
    pub acting_as: Option<ExplainedUser>,
    /// The decision.
    pub decision: Decision,
    /// How it came about.
    pub steps: Vec<Step>,
    /// The least that would have allowed it, where something would.
    pub suggestion: Option<Suggestion>,
    /// What was wrong with the request, when it was refused before a decision.
    pub detail: Option<&'static str>,
}

/// The user that a request acts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExplainedUser {
    /// The user's id on the instance.
    pub id: u64,
    /// Whether that user administers the instance.
    pub administrator: bool,
}

impl Explanation {
    fn denied(token: Option<Arc<Token>>, denial: Denial) -> Self {
        Self {
            token,
            bearer: None,
            operation: None,
            needs: Vec::new(),
            acting_as: None,
            decision: Decision::Deny(denial),
            steps: Vec::new(),
            suggestion: None,
            detail: None,
        }
    }
}

pub(super) async fn explain(
    core: &Core,
    sender: Sender<'_>,
    method: &str,
    target: &str,
    token: Option<Arc<Token>>,
) -> Result<Explanation, ExplainError> {
    let mut explanation = Explanation::denied(token, Denial::new(Reason::NotCovered));
    match go(core, sender, method, target, &mut explanation).await {
        Ok(()) => Ok(explanation),
        Err(refusal) => {
            let (denial, detail) = as_denial(refusal)?;
            let detail = detail.or(explanation.detail);
            Ok(Explanation { decision: Decision::Deny(denial), detail, ..explanation })
        }
    }
}

async fn go(
    core: &Core,
    sender: Sender<'_>,
    method: &str,
    target: &str,
    explanation: &mut Explanation,
) -> Result<(), Refusal> {
    let head = parts(method, target, sender.sudo)?;
    let method = head::check(&head, &core.config.limits)?;
    let principal = authenticate::by_digest(core, sender.token).await?;
    explanation.bearer = Some(principal.bearer.clone());
    let path = classify::readable(head.uri.path());
    let route = classify::route(core.catalog, method, &head, &path);
    let barred = authenticate::barred(core, &principal, sender.address);
    if let Ok(Route::Rest(operation, _)) = &route {
        explanation.operation = Some(operation);
    }
    // Of a dead token nothing else is looked at.
    let acting_as = if barred.is_none() { sudo::asked(&head)? } else { None };
    if acting_as.is_some() {
        let bearer = authenticate::Bearer::Token(Arc::clone(&principal));
        ways::check_acting(core, route.as_ref().ok(), &bearer)?;
    }
    let enforced = rules::admit(core, &principal).await?;
    let job = rules::origin(core, &principal).await?;
    let identity = &principal.link.identity;
    let eyes = Eyes { core, identity, enforced: &enforced, job: job.as_ref() };
    let asker = Asker { core, principal: &principal, address: sender.address, enforced: &enforced };
    match route? {
        Route::Graphql => Err(Refusal::reason(Reason::KindNotAccepted)),
        Route::Repository(route) => {
            let service = route.service.ok_or(Violation::InvalidBody)?;
            let (operation, needs) = locate::repository(eyes, route.repository, service).await?;
            conclude(asker, operation, &needs, None, explanation)
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
            found(operation, &needs, explanation);
            let user = match &acting_as {
                Some(name) => Some(user(core, &principal, name, &needs, explanation).await?),
                None => None,
            };
            conclude(asker, operation, &needs, user.as_ref(), explanation)
        }
    }
}

/// The user that is acted as. That there is none the gate doesn't tell from a place that isn't there.
async fn user(
    core: &Core,
    principal: &Principal,
    name: &str,
    needs: &FoundNeeds,
    explanation: &mut Explanation,
) -> Result<Impersonated, Refusal> {
    let found = sudo::find(core, principal, name, needs).await;
    if matches!(&found, Err(Refusal::Denied(denial)) if denial.reason == Reason::NotFound) {
        explanation.detail = Some("the instance has no active user of that name or id");
    }
    found
}

fn parts(method: &str, target: &str, sudo: Option<&str>) -> Result<Parts, Violation> {
    let mut request = Request::builder().method(method).uri(target).header(HOST, "gate");
    if let Some(name) = sudo {
        let name = HeaderValue::from_bytes(name.as_bytes()).map_err(|_| Violation::InvalidCharacter)?;
        request = request.header(sudo::HEADER, name);
    }
    request.body(()).map(|request| request.into_parts().0).map_err(|_| Violation::InvalidCharacter)
}

fn found(operation: &'static Operation, needs: &FoundNeeds, explanation: &mut Explanation) {
    explanation.operation = Some(operation);
    explanation.needs = needs.iter().map(ExplainedNeed::from).collect();
}

fn conclude(
    asker: Asker<'_>,
    operation: &'static Operation,
    needs: &FoundNeeds,
    user: Option<&Impersonated>,
    explanation: &mut Explanation,
) -> Result<(), Refusal> {
    found(operation, needs, explanation);
    explanation.acting_as = user.map(|user| ExplainedUser { id: user.id, administrator: user.administrator });
    let is_guarded = matches!(operation.access, OperationAccess::Guarded { .. });
    if is_guarded {
        let bearer = &asker.principal.bearer;
        (explanation.steps, explanation.suggestion) =
            with_question(asker, operation, needs, user, |question| {
                (trace(bearer, question), suggest(bearer, question))
            });
    }
    explanation.decision = verdict(asker, operation, needs, user)?;
    Ok(())
}

fn verdict(
    asker: Asker<'_>,
    operation: &'static Operation,
    needs: &FoundNeeds,
    user: Option<&Impersonated>,
) -> Result<Decision, Refusal> {
    if let Some(denial) = authenticate::barred(asker.core, asker.principal, asker.address) {
        return Err(denial.into());
    }
    match &operation.access {
        OperationAccess::Guarded { .. } => {
            let allowed = decide(asker, operation, needs, user)?;
            Ok(Decision::Allow { basis: allowed.basis, would_deny: allowed.would_deny })
        }
        OperationAccess::Public => Ok(Decision::Allow { basis: Basis::PublicRead, would_deny: None }),
        OperationAccess::OtherCredential { .. } => Err(Refusal::reason(Reason::OtherCredentialRequired)),
    }
}
