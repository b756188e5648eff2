//! The steps from `classify` on, for each kind of request.

use http::Response;
use narrowgate_catalog::{Operation, OperationAccess, Params, Surface};
use narrowgate_policy::{Privileges, Reason};
use narrowgate_secret::TokenDigest;
use secrecy::SecretString;

use crate::ForeignTokens;
use crate::answer;
use crate::authenticate::native::native;
use crate::authenticate::{Bearer, Principal};
use crate::body::{RequestBody, ResponseBody};
use crate::classify::inspect::{inspect, passed, whole};
use crate::classify::values::Values;
use crate::classify::{RepositoryRoute, Route, batch_service, carries, graphql};
use crate::core::Core;
use crate::decide;
use crate::forward::forward;
use crate::locate::{self, FoundNeeds, Search};
use crate::receive::{Payload, Received};
use crate::record::{self, Exchange};
use crate::refusal::Refusal;
use crate::serve::Client;

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
    let way = Way { core, client, received, exchange };
    match (route, bearer) {
        (Ok(Route::Rest(operation, params)), bearer) => way.rest(operation, params, bearer).await,
        (Err(refusal), bearer) if !is_uncovered(&refusal) => Err(way.hide(refusal, &bearer)),
        (_, Bearer::Foreign(..)) => way.foreign(None).await,
        (Err(refusal), bearer) => Err(way.hide(refusal, &bearer)),
        (Ok(_), Bearer::Nobody) => Err(Refusal::reason(Reason::NoCredential)),
        (Ok(Route::Repository(route)), Bearer::Token(principal)) => way.repository(route, &principal).await,
        (Ok(Route::Graphql), Bearer::Token(principal)) => way.graphql(&principal).await,
    }
}

fn is_uncovered(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Denied(denial) if denial.reason == Reason::NotCovered)
}

impl Way<'_> {
    /// What is said of a request without an operation: nobody learns which paths exist.
    fn hide(&self, refusal: Refusal, bearer: &Bearer) -> Refusal {
        let path = self.received.head.uri.path();
        let is_rest = ["/api/v4/", "/api/scim/", "/api/graphql", "/api/narrowgate/"].iter().any(|start| path.starts_with(start));
        let is_api = is_rest || self.exchange.surface != Surface::Rest;
        match (is_uncovered(&refusal), bearer) {
            (false, _) => refusal,
            (true, Bearer::Nobody) if is_api => Refusal::reason(Reason::NoCredential),
            (true, _) if is_api => refusal,
            (true, _) => Refusal::reason(Reason::NotFound),
        }
    }

    async fn rest(self, operation: &'static Operation, params: Params<'_>, bearer: Bearer) -> Answer {
        let is_local = self.core.local.serves(operation.surface, &operation.template);
        match (&operation.access, bearer) {
            (_, Bearer::Foreign(digest, text)) if is_local => self.native(operation, &digest, &text).await,
            (OperationAccess::Public, _) => self.public(operation).await,
            (OperationAccess::OtherCredential { .. }, Bearer::Token(_)) => {
                Err(Refusal::reason(Reason::OtherCredentialRequired))
            }
            (OperationAccess::OtherCredential { .. }, _) => self.other_credential(operation).await,
            (OperationAccess::Guarded { .. }, Bearer::Nobody) => Err(Refusal::reason(Reason::NoCredential)),
            (OperationAccess::Guarded { .. }, Bearer::Foreign(..)) => self.foreign(Some(operation)).await,
            (OperationAccess::Guarded { .. }, Bearer::Token(principal)) => {
                self.guarded(operation, params, &principal, is_local).await
            }
        }
    }

    /// A guarded operation and a token of ours: the common way.
    async fn guarded(
        mut self,
        operation: &'static Operation,
        params: Params<'_>,
        principal: &Principal,
        is_local: bool,
    ) -> Answer {
        let kept = if is_local { Some(self.read_whole().await?) } else { None };
        let (body, values) = inspect(self.core, &mut self.received, operation).await?;
        let needs = self.locate(operation, &params, principal, &values).await?;
        let allowed = decide::decide(self.core, self.exchange.address, principal, operation, &needs)?;
        record::used(self.core, principal, self.exchange.address);
        if let Some(body) = kept {
            let caller = answer::by_token(self.core, principal, self.exchange).await?;
            return answer::answer(self.core, self.received, body, caller).await;
        }
        let permitted = allowed.forward(self.received.head, body);
        forward(self.core, permitted, Some(&principal.link), self.client, &self.exchange.id).await
    }

    async fn locate(
        &self,
        operation: &'static Operation,
        params: &Params<'_>,
        principal: &Principal,
        values: &Values,
    ) -> Result<FoundNeeds, Refusal> {
        if !needs_places(self.core, principal) {
            return Ok(FoundNeeds::new());
        }
        let search = Search {
            core: self.core,
            identity: &principal.link.identity,
            candidates: &principal.selected,
            params,
            query: self.received.head.uri.query().unwrap_or_default(),
            values,
        };
        locate::rest(&search, operation).await
    }

    async fn repository(mut self, route: RepositoryRoute<'_>, principal: &Principal) -> Answer {
        let service = match route.service {
            Some(service) => service,
            None => batch_service(&self.read_whole().await?)?,
        };
        let identity = &principal.link.identity;
        let (operation, needs) = if needs_places(self.core, principal) {
            locate::repository(self.core, identity, route.repository, service).await?
        } else {
            (locate::unlocated(self.core, route.repository, service)?, FoundNeeds::new())
        };
        self.exchange.operation = Some(operation);
        let allowed = decide::decide(self.core, self.exchange.address, principal, operation, &needs)?;
        record::used(self.core, principal, self.exchange.address);
        let body = passed(self.core, &mut self.received).await?;
        let permitted = allowed.forward(self.received.head, body);
        forward(self.core, permitted, Some(&principal.link), self.client, &self.exchange.id).await
    }

    async fn graphql(mut self, principal: &Principal) -> Answer {
        if let Privileges::Legacy(_) = principal.bearer.privileges {
            graphql::read(self.core, &mut self.received).await?;
        }
        let scopes = graphql::scopes(&self.received);
        let allowed = decide::graphql(self.core, self.exchange.address, principal, scopes)?;
        record::used(self.core, principal, self.exchange.address);
        let body = passed(self.core, &mut self.received).await?;
        let permitted = allowed.forward(self.received.head, body);
        forward(self.core, permitted, Some(&principal.link), self.client, &self.exchange.id).await
    }

    async fn public(mut self, operation: &'static Operation) -> Answer {
        let (body, _) = inspect(self.core, &mut self.received, operation).await?;
        let permitted = decide::public(operation, self.received.head, body);
        forward(self.core, permitted, None, self.client, &self.exchange.id).await
    }

    /// An endpoint for jobs, runners and the like, which the instance authenticates by itself.
    async fn other_credential(mut self, operation: &'static Operation) -> Answer {
        if !carries(self.core, &mut self.received, operation).await? {
            return Err(Refusal::reason(Reason::OtherCredentialRequired));
        }
        let body = passed(self.core, &mut self.received).await?;
        let permitted = decide::foreign(Some(operation), operation.surface, self.received.head, body);
        forward(self.core, permitted, None, self.client, &self.exchange.id).await
    }

    /// A credential that Narrowgate did not issue, where no operation is meant for it.
    async fn foreign(mut self, operation: Option<&'static Operation>) -> Answer {
        if self.core.config.foreign_tokens == ForeignTokens::Refuse {
            return Err(Refusal::reason(Reason::Unknown));
        }
        let body: RequestBody = passed(self.core, &mut self.received).await?;
        let surface = self.exchange.surface;
        let permitted = decide::foreign(operation, surface, self.received.head, body);
        forward(self.core, permitted, None, self.client, &self.exchange.id).await
    }

    /// An operation of the control plane, asked for with a native token.
    async fn native(
        mut self,
        operation: &'static Operation,
        digest: &TokenDigest,
        text: &SecretString,
    ) -> Answer {
        let link = native(self.core, digest, text, self.received.method.is_read()).await?;
        let body = self.read_whole().await?;
        inspect(self.core, &mut self.received, operation).await?;
        let caller = answer::by_native(&link, *digest, self.exchange);
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
fn needs_places(core: &Core, principal: &Principal) -> bool {
    let bearer = &principal.bearer;
    match bearer.privileges {
        Privileges::FineGrained(_) | Privileges::Job => true,
        Privileges::Legacy(_) => {
            !core.config.enforced_groups.is_empty() || bearer.confinement.is_some() || bearer.role.is_some()
        }
    }
}
