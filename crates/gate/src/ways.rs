//! The steps from `classify` on, for each kind of request.

mod graphql;

use std::sync::Arc;

use http::uri::PathAndQuery;
use http::{Response, Uri};
use narrowgate_catalog::{Method, Operation, OperationAccess, Params, RepositoryService, Surface};
use narrowgate_policy::{Privileges, Reason};

use crate::ForeignTokens;
use crate::answer;
use crate::authenticate::native::native;
use crate::authenticate::{Bearer, Principal};
use crate::body::{RequestBody, ResponseBody};
use crate::classify::inspect::{inspect, passed, whole};
use crate::classify::values::Values;
use crate::classify::{RepositoryRoute, Route, batch_service, carries};
use crate::core::Core;
use crate::credential::Foreign;
use crate::decide::{self, Allowed, Asker};
use crate::forward::forward;
use crate::locate::pin::Pin;
use crate::locate::{self, Eyes, FoundNeeds, Search};
use crate::push;
use crate::receive::{Payload, Received};
use crate::record::{self, Exchange};
use crate::refusal::{Failure, Refusal};
use crate::rules::{self, Enforced};
use crate::serve::Client;
use crate::sudo;

/// What every way needs.
struct Way<'w> {
    core: &'w Core,
    client: &'w Client,
    received: Received,
    exchange: &'w mut Exchange,
}

type Answer = Result<Response<ResponseBody>, Refusal>;

/// Goes the way that route and bearer call for.
///
/// # Errors
///
/// Whatever ends the request without the instance's answer.
pub(crate) async fn take(
    core: &Core,
    client: &Client,
    bearer: Bearer,
    route: Result<Route<'_>, Refusal>,
    received: Received,
    exchange: &mut Exchange,
) -> Answer {
    if let Ok(Route::Rest(operation, _)) = &route {
        exchange.operation = Some(operation);
    }
    exchange.acting_as = sudo::asked(&received.head)?;
    if exchange.acting_as.is_some() {
        check_acting(core, route.as_ref().ok(), &bearer)?;
    }
    let way = Way { core, client, received, exchange };
    // The rarer ways are boxed: the common one would carry the room for the largest of them, and copy it.
    match (route, bearer) {
        (Ok(Route::Rest(operation, params)), bearer) => way.rest(operation, params, bearer).await,
        (Err(refusal), bearer) if !is_uncovered(&refusal) => Err(way.hide(refusal, &bearer)),
        (Ok(Route::Graphql), Bearer::Foreign(foreign)) => Box::pin(way.graphql_by_native(&foreign)).await,
        (_, Bearer::Foreign(_)) => Box::pin(way.foreign(None)).await,
        (Err(refusal), bearer) => Err(way.hide(refusal, &bearer)),
        (Ok(_), Bearer::Nobody) => Err(Refusal::reason(Reason::NoCredential)),
        (Ok(Route::Repository(route)), Bearer::Token(principal)) => {
            Box::pin(way.repository(route, &principal)).await
        }
        (Ok(Route::Graphql), Bearer::Token(principal)) => Box::pin(way.graphql(&principal)).await,
    }
}

/// Whether the request may ask to act as somebody else at all: REST of the instance's, by a token with that capability.
///
/// # Errors
///
/// Why it may not.
pub(crate) fn check_acting(core: &Core, route: Option<&Route<'_>>, bearer: &Bearer) -> Result<(), Refusal> {
    let Bearer::Token(principal) = bearer else { return Err(Refusal::Sudo) };
    narrowgate_policy::check_acting(&principal.bearer)?;
    let is_guarded = |operation: &Operation| matches!(operation.access, OperationAccess::Guarded { .. });
    match route {
        Some(Route::Rest(operation, _)) if is_guarded(operation) && !is_local(core, operation, principal) => {
            Ok(())
        }
        _ => Err(Refusal::Sudo),
    }
}

/// Whether an operation is answered here instead of by the instance: what the control plane serves, and the page on which
/// the bot of a project or group asks who it is.
fn is_local(core: &Core, operation: &Operation, principal: &Principal) -> bool {
    let is_bots_page = principal.bearer.confinement.is_some() && operation.template == decide::BOTS_PAGE;
    is_bots_page || core.local.serves(operation.surface, &operation.template)
}

fn is_uncovered(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Denied(denial) if denial.reason == Reason::NotCovered)
}

impl Way<'_> {
    /// What is said of a request without an operation: nobody learns which paths exist.
    fn hide(&self, refusal: Refusal, bearer: &Bearer) -> Refusal {
        let path = self.received.head.uri.path();
        let is_rest = ["/api/v4/", "/api/scim/", "/api/graphql", "/api/narrowgate/"]
            .iter()
            .any(|start| path.starts_with(start));
        let is_api = is_rest || self.exchange.surface != Surface::Rest;
        match (is_uncovered(&refusal), bearer) {
            (false, _) => refusal,
            (true, Bearer::Nobody) if is_api => Refusal::reason(Reason::NoCredential),
            (true, _) if is_api => refusal,
            (true, _) => Refusal::reason(Reason::NotFound),
        }
    }

    async fn rest(self, operation: &'static Operation, params: Params<'_>, bearer: Bearer) -> Answer {
        let local = &self.core.local;
        let is_served = || local.serves(operation.surface, &operation.template);
        match (&operation.access, bearer) {
            (OperationAccess::Public, _) if local.is_open(operation.surface, &operation.template) => {
                Box::pin(self.open(operation)).await
            }
            (_, Bearer::Foreign(foreign)) if is_served() && !self.is_forwarded(operation) => {
                Box::pin(self.native(operation, &foreign)).await
            }
            (OperationAccess::Public, _) => Box::pin(self.public(operation)).await,
            (OperationAccess::OtherCredential { .. }, Bearer::Token(principal)) => {
                Box::pin(self.own_job(operation, &principal)).await
            }
            (OperationAccess::OtherCredential { .. }, _) => Box::pin(self.other_credential(operation)).await,
            (OperationAccess::Guarded { .. }, Bearer::Nobody) => Err(Refusal::reason(Reason::NoCredential)),
            (OperationAccess::Guarded { .. }, Bearer::Foreign(_)) => {
                Box::pin(self.foreign(Some(operation))).await
            }
            (OperationAccess::Guarded { .. }, Bearer::Token(principal)) => {
                self.guarded(operation, params, &principal).await
            }
        }
    }

    /// What a native token asks about itself is the instance's to answer, where such tokens pass at all.
    fn is_forwarded(&self, operation: &Operation) -> bool {
        self.core.config.foreign_tokens == ForeignTokens::Forward
            && self.core.local.concerns_presented(&operation.template)
    }

    /// A guarded operation and a token of ours: the common way.
    async fn guarded(
        mut self,
        operation: &'static Operation,
        params: Params<'_>,
        principal: &Principal,
    ) -> Answer {
        let is_local = is_local(self.core, operation, principal);
        let enforced = self.enforced(principal).await?;
        let kept = if is_local { Some(Box::pin(self.read_whole()).await?) } else { None };
        let (body, values) = inspect(self.core, &mut self.received, operation).await?;
        let (needs, pinned) = self.locate(operation, &params, principal, &values, &enforced).await?;
        let user = match &self.exchange.acting_as {
            Some(name) => Some(Box::pin(sudo::find(self.core, principal, name, &needs)).await?),
            None => None,
        };
        let allowed = decide::decide(self.asker(principal, &enforced), operation, &needs, user.as_ref())?;
        self.used(principal, &allowed);
        if let Some(body) = kept {
            let caller = Box::pin(answer::by_token(self.core, principal, self.exchange)).await?;
            return Box::pin(answer::answer(self.core, self.received, body, caller)).await;
        }
        if let Some(target) = pinned {
            self.received.head.uri = Uri::from(target);
        }
        let permitted = allowed.forward(principal, self.received.head, body);
        forward(self.core, permitted, Some(&principal.link), self.client, self.exchange).await
    }

    async fn enforced(&self, principal: &Principal) -> Result<Arc<Enforced>, Refusal> {
        rules::admit(self.core, principal).await
    }

    fn asker<'a>(&'a self, principal: &'a Principal, enforced: &'a Enforced) -> Asker<'a> {
        Asker { core: self.core, principal, address: self.exchange.address, enforced }
    }

    /// Notes what an allowed request used.
    fn used(&self, principal: &Principal, allowed: &Allowed) {
        record::used(self.core, principal, self.exchange.address);
        record::allowed(self.core, self.exchange, allowed);
    }

    /// The located needs, and the target by id where it named its container by path.
    async fn locate(
        &self,
        operation: &'static Operation,
        params: &Params<'_>,
        principal: &Principal,
        values: &Values,
        enforced: &Enforced,
    ) -> Result<(FoundNeeds, Option<PathAndQuery>), Refusal> {
        if self.exchange.acting_as.is_none() && !needs_places(principal, enforced) {
            return Ok((FoundNeeds::new(), None));
        }
        let job = rules::origin(self.core, principal).await?;
        let search = Search {
            eyes: Eyes { core: self.core, identity: &principal.link.identity, enforced, job: job.as_ref() },
            candidates: &principal.selected,
            params,
            query: self.received.head.uri.query().unwrap_or_default(),
            values,
            pin: Pin::default(),
        };
        let needs = locate::rest(&search, operation).await?;
        Ok((needs, search.pin.apply(&operation.template, &self.received.head.uri)))
    }

    async fn repository(mut self, route: RepositoryRoute<'_>, principal: &Principal) -> Answer {
        let service = match route.service {
            Some(service) => service,
            None => batch_service(&self.read_whole().await?)?,
        };
        let core = self.core;
        let enforced = self.enforced(principal).await?;
        let (operation, needs) = if needs_places(principal, &enforced) {
            let job = rules::origin(core, principal).await?;
            let identity = &principal.link.identity;
            let eyes = Eyes { core, identity, enforced: &enforced, job: job.as_ref() };
            locate::repository(eyes, route.repository, service).await?
        } else {
            (locate::unlocated(core, route.repository, service)?, FoundNeeds::new())
        };
        self.exchange.operation = Some(operation);
        let allowed = decide::decide(self.asker(principal, &enforced), operation, &needs, None)?;
        let is_push = service == RepositoryService::Push && self.received.method == Method::Post;
        let body = if is_push && push::is_restricted(principal) {
            push::check(core, principal, &mut self.received).await?
        } else {
            passed(core, &mut self.received).await?
        };
        self.used(principal, &allowed);
        let permitted = allowed.forward(principal, self.received.head, body);
        forward(core, permitted, Some(&principal.link), self.client, self.exchange).await
    }

    /// An endpoint that takes no access token. A job's own page is the exception: the instance knows nothing of the
    /// token, but it knows the job.
    async fn own_job(mut self, operation: &'static Operation, principal: &Principal) -> Answer {
        let Some(job) = principal.job.filter(|_| operation.template == "/job") else {
            return Err(Refusal::reason(Reason::OtherCredentialRequired));
        };
        let enforced = self.enforced(principal).await?;
        let allowed = decide::decide(self.asker(principal, &enforced), operation, &[], None)?;
        self.used(principal, &allowed);
        let target = format!("/api/v4/projects/{}/jobs/{}", job.project_id, job.job_id);
        self.received.head.uri = target.parse().map_err(|_| Failure::Unreadable)?;
        let permitted = allowed.forward(principal, self.received.head, RequestBody::Empty);
        forward(self.core, permitted, Some(&principal.link), self.client, self.exchange).await
    }

    /// What is Narrowgate's own answers anybody.
    async fn open(mut self, operation: &'static Operation) -> Answer {
        let body = self.read_whole().await?;
        inspect(self.core, &mut self.received, operation).await?;
        answer::answer_anybody(self.core, self.received, body, self.exchange).await
    }

    async fn public(mut self, operation: &'static Operation) -> Answer {
        let (body, _) = inspect(self.core, &mut self.received, operation).await?;
        let permitted = decide::public(operation, self.received.head, body);
        forward(self.core, permitted, None, self.client, self.exchange).await
    }

    /// An endpoint for jobs, runners and the like, which the instance authenticates by itself.
    async fn other_credential(mut self, operation: &'static Operation) -> Answer {
        if !carries(self.core, &mut self.received, operation).await? {
            return Err(Refusal::reason(Reason::OtherCredentialRequired));
        }
        let body = passed(self.core, &mut self.received).await?;
        let permitted = decide::foreign(Some(operation), operation.surface, self.received.head, body);
        forward(self.core, permitted, None, self.client, self.exchange).await
    }

    /// A credential that Narrowgate did not issue, where no operation is meant for it.
    async fn foreign(mut self, operation: Option<&'static Operation>) -> Answer {
        if self.core.config.foreign_tokens == ForeignTokens::Refuse {
            return Err(Refusal::reason(Reason::Unknown));
        }
        let body: RequestBody = passed(self.core, &mut self.received).await?;
        let surface = self.exchange.surface;
        let permitted = decide::foreign(operation, surface, self.received.head, body);
        forward(self.core, permitted, None, self.client, self.exchange).await
    }

    /// An operation of the control plane, asked for with a native token.
    async fn native(mut self, operation: &'static Operation, foreign: &Foreign) -> Answer {
        let owner = native(self.core, foreign, self.received.method.is_read()).await?;
        let body = self.read_whole().await?;
        inspect(self.core, &mut self.received, operation).await?;
        let caller = answer::by_native(&owner, foreign.digest, self.exchange);
        answer::answer(self.core, self.received, body, caller).await
    }

    /// Reads the body as a whole and leaves it there for the next step.
    async fn read_whole(&mut self) -> Result<bytes::Bytes, Refusal> {
        let payload = std::mem::replace(&mut self.received.body, Payload::Empty);
        let is_empty = matches!(payload, Payload::Empty);
        let bytes = whole(self.core, payload).await?;
        if !is_empty {
            self.received.body = Payload::Whole(bytes.clone());
        }
        Ok(bytes)
    }
}

/// A legacy token's decision rests on its scopes alone, unless some group accepts no legacy tokens, or the token is held
/// to a project, a group or a role.
pub(crate) fn needs_places(principal: &Principal, enforced: &Enforced) -> bool {
    let bearer = &principal.bearer;
    match bearer.privileges {
        Privileges::FineGrained(_) | Privileges::Job => true,
        Privileges::Legacy(_) => {
            !enforced.is_silent() || bearer.confinement.is_some() || bearer.role.is_some()
        }
    }
}
