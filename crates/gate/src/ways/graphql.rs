//! GraphQL: what is about tokens is answered here; the rest goes object by object where the token's grants or some group ask
//! for that, and by scopes otherwise.

use http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use narrowgate_catalog::{Scope, ScopeSet};
use narrowgate_policy::Privileges;
use serde_json::json;

use super::{Answer, Way, needs_places};
use crate::authenticate::Principal;
use crate::authenticate::native::native;
use crate::body::{RequestBody, ResponseBody};
use crate::credential::Foreign;
use crate::decide::{self, Allowed, Asker};
use crate::filter;
use crate::forward::forward;
use crate::graphql::envelope::{self, Envelope};
use crate::graphql::{Session, response};
use crate::local::GraphqlOwner;
use crate::refusal::Failure;
use crate::rules::Enforced;
use crate::{answer, record};

/// Whose the documents of a request are.
enum Owner {
    Narrowgate,
    Instance,
    /// Nobody's: they must not be forwarded, and this is why.
    Nobody(String),
}

impl Way<'_> {
    pub(super) async fn graphql(mut self, principal: &Principal) -> Answer {
        let envelope = envelope::read(self.core, &mut self.received).await?;
        let enforced = self.enforced(principal).await?;
        let is_grants = matches!(principal.bearer.privileges, Privileges::FineGrained(_));
        let is_confined = principal.bearer.confinement.is_some();
        let scopes = envelope.scopes();
        let owner = self.owner(&envelope);
        match owner {
            Owner::Nobody(reason) => {
                decide::objects(self.asker(principal, &enforced), scopes)?;
                Ok(unanswered(&reason))
            }
            // The control plane holds grants to the permissions that each field needs.
            Owner::Narrowgate if is_grants && !is_confined => {
                record::used(self.core, principal, self.exchange.address);
                let caller = answer::by_token(self.core, principal, self.exchange).await?;
                self.by_control_plane(&envelope, caller).await
            }
            Owner::Narrowgate => {
                let allowed = decide::graphql(self.asker(principal, &enforced), scopes)?;
                self.used(principal, &allowed);
                let caller = answer::by_token(self.core, principal, self.exchange).await?;
                self.by_control_plane(&envelope, caller).await
            }
            Owner::Instance if needs_places(principal, &enforced) => {
                self.by_objects(&envelope, scopes, principal, &enforced).await
            }
            Owner::Instance => {
                let allowed = decide::graphql(self.asker(principal, &enforced), scopes)?;
                self.used(principal, &allowed);
                let body = envelope.write(&mut self.received)?;
                let permitted = allowed.forward(principal, self.received.head, RequestBody::Whole(body));
                forward(self.core, permitted, Some(&principal.link), self.client, self.exchange).await
            }
        }
    }

    /// Each object and each change is decided.
    async fn by_objects(
        mut self,
        envelope: &Envelope,
        scopes: ScopeSet,
        principal: &Principal,
        enforced: &Enforced,
    ) -> Answer {
        let asker = Asker { core: self.core, principal, address: self.exchange.address, enforced };
        let allowed = decide::objects(asker, scopes)?;
        self.used(principal, &allowed);
        let id = self.exchange.id.as_str().into_owned();
        let mut session = Session::begin(asker, scopes, envelope, &mut self.received, &id).await?;
        self.exchange.graphql = Some(session.title().into());
        let answered = self.ask(&mut session, allowed, principal).await;
        record::decided(self.core, self.exchange, session.tally());
        answered
    }

    async fn ask(&mut self, session: &mut Session<'_>, allowed: Allowed, principal: &Principal) -> Answer {
        let core = self.core;
        let Some(body) = session.body() else {
            let answer = session.answer(b"").await?;
            return Ok(response::with_body(StatusCode::OK, HeaderMap::new(), answer.into()));
        };
        envelope::post(&mut self.received, &body);
        self.received.head.headers.remove(ACCEPT_ENCODING);
        let permitted = allowed.forward(principal, self.received.head.clone(), RequestBody::Whole(body));
        let answer = forward(core, permitted, Some(&principal.link), self.client, self.exchange).await?;
        let (head, body) = answer.into_parts();
        if head.status == StatusCode::UNAUTHORIZED {
            return Err(Failure::CredentialRefused.into());
        }
        let body =
            filter::whole_within(core.config.graphql.limits.response_bytes, &head.headers, body).await?;
        let answer = match head.status {
            StatusCode::OK => session.answer(&body).await?.into(),
            status => response::in_short(status, &body),
        };
        Ok(response::with_body(head.status, head.headers, answer))
    }

    /// A native token, whose user may be connected.
    pub(super) async fn graphql_by_native(mut self, foreign: &Foreign) -> Answer {
        let envelope = envelope::read(self.core, &mut self.received).await?;
        let owner = self.owner(&envelope);
        match owner {
            Owner::Instance => self.foreign(None).await,
            Owner::Nobody(reason) => Ok(unanswered(&reason)),
            Owner::Narrowgate => {
                let is_read = envelope.scopes().contains(Scope::ReadApi);
                let link = native(self.core, foreign, is_read).await?;
                let caller = answer::by_native(&link, foreign.digest, self.exchange);
                self.by_control_plane(&envelope, caller).await
            }
        }
    }

    async fn by_control_plane(mut self, envelope: &Envelope, caller: crate::Caller) -> Answer {
        let body = envelope.write(&mut self.received)?;
        answer::answer(self.core, self.received, body, caller).await
    }

    fn owner(&self, envelope: &Envelope) -> Owner {
        let (mut ours, mut theirs) = (false, false);
        for request in &envelope.requests {
            let Some(document) = &request.query else { continue };
            match self.core.local.graphql_owner(document, request.operation_name.as_deref()) {
                Ok(GraphqlOwner::Narrowgate) => ours = true,
                Ok(GraphqlOwner::Instance) => theirs = true,
                Err(reason) => return Owner::Nobody(reason),
            }
        }
        match (ours, theirs) {
            (true, true) => Owner::Nobody(
                "some of these documents are answered by Narrowgate and some by the instance: send them apart"
                    .to_owned(),
            ),
            (true, false) => Owner::Narrowgate,
            (false, _) => Owner::Instance,
        }
    }
}

fn unanswered(reason: &str) -> Response<ResponseBody> {
    let body = json!({ "errors": [{ "message": reason }] }).to_string();
    let mut response = Response::new(ResponseBody::Whole(body.into()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
