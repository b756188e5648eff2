//! GraphQL: what is about tokens is answered here; the rest goes object by object where the token's grants or some group ask
//! for that, and by scopes otherwise.

use http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use narrowgate_catalog::{Scope, ScopeSet};
use serde_json::json;

use super::{Answer, Way};
use crate::authenticate::Principal;
use crate::authenticate::native::native;
use crate::body::{RequestBody, ResponseBody};
use crate::credential::Foreign;
use crate::decide::{Allowed, Asker};
use crate::filter;
use crate::forward::forward;
use crate::graphql::course::{Course, Owner};
use crate::graphql::envelope::{self, Envelope};
use crate::graphql::{self, Session, response};
use crate::refusal::Failure;
use crate::rules::Enforced;
use crate::{answer, record};

impl Way<'_> {
    pub(super) async fn graphql(mut self, principal: &Principal) -> Answer {
        let envelope = envelope::read(self.core, &mut self.received).await?;
        let enforced = self.enforced(principal).await?;
        let scopes = envelope.scopes();
        let course = Course::of(self.core, &envelope, principal, &enforced);
        let allowed = course.admit(self.asker(principal, &enforced), scopes)?;
        if !matches!(course, Course::Unanswered(_)) {
            self.used(principal, &allowed);
        }
        match course {
            Course::Unanswered(reason) => Ok(unanswered(&reason)),
            Course::ByObjects => self.by_objects(&envelope, scopes, principal, &enforced, allowed).await,
            Course::ByScopes => {
                let body = envelope.write(&mut self.received)?;
                let permitted = allowed.forward(principal, self.received.head, RequestBody::Whole(body));
                forward(self.core, permitted, Some(&principal.link), self.client, self.exchange).await
            }
            Course::OwnByGrants | Course::OwnByScopes => {
                let caller = answer::by_token(self.core, principal, self.exchange).await?;
                self.by_control_plane(&envelope, caller).await
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
        allowed: Allowed,
    ) -> Answer {
        let asker = Asker { core: self.core, principal, address: self.exchange.address, enforced };
        let id = self.exchange.id.as_str().into_owned();
        let options = graphql::options(&mut self.received.head.headers);
        let mut session = Session::begin(asker, scopes, envelope, options, &id).await?;
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
        match Owner::of(self.core, &envelope) {
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
}

fn unanswered(reason: &str) -> Response<ResponseBody> {
    let body = json!({ "errors": [{ "message": reason }] }).to_string();
    let mut response = Response::new(ResponseBody::Whole(body.into()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
