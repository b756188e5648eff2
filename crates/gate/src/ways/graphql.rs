//! GraphQL: what is about tokens is answered here, and the rest goes by scopes.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use narrowgate_policy::{Privileges, Reason};
use serde_json::json;

use super::{Answer, Way};
use crate::authenticate::Principal;
use crate::authenticate::native::native;
use crate::body::ResponseBody;
use crate::classify::graphql;
use crate::classify::inspect::passed;
use crate::credential::Foreign;
use crate::forward::forward;
use crate::local::GraphqlOwner;
use crate::refusal::Refusal;
use crate::{answer, decide};

/// Whose the documents of a request are.
enum Owner {
    Narrowgate,
    Instance,
    /// Nobody's: they must not be forwarded, and this is why.
    Nobody(String),
}

impl Way<'_> {
    pub(super) async fn graphql(mut self, principal: &Principal) -> Answer {
        graphql::read(self.core, &mut self.received).await?;
        let enforced = self.enforced(principal).await?;
        let owner = self.owner()?;
        let is_grants = matches!(principal.bearer.privileges, Privileges::FineGrained(_));
        // The control plane holds grants to the permissions that each field needs.
        if is_grants && principal.bearer.confinement.is_none() && matches!(owner, Owner::Narrowgate) {
            crate::record::used(self.core, principal, self.exchange.address);
            let caller = answer::by_token(self.core, principal, self.exchange).await?;
            return self.by_control_plane(caller).await;
        }
        let scopes = graphql::scopes(&self.received);
        let allowed = decide::graphql(self.asker(principal, &enforced), scopes)?;
        self.used(principal, &allowed);
        match owner {
            Owner::Nobody(reason) => Ok(unanswered(&reason)),
            Owner::Narrowgate => {
                let caller = answer::by_token(self.core, principal, self.exchange).await?;
                self.by_control_plane(caller).await
            }
            Owner::Instance => {
                let body = passed(self.core, &mut self.received).await?;
                let permitted = allowed.forward(principal, self.received.head, body);
                forward(self.core, permitted, Some(&principal.link), self.client, self.exchange).await
            }
        }
    }

    /// A native token, whose user may be connected.
    pub(super) async fn graphql_by_native(mut self, foreign: &Foreign) -> Answer {
        graphql::read(self.core, &mut self.received).await?;
        match self.owner()? {
            Owner::Instance => self.foreign(None).await,
            Owner::Nobody(reason) => Ok(unanswered(&reason)),
            Owner::Narrowgate => {
                let is_read = graphql::scopes(&self.received).contains(narrowgate_catalog::Scope::ReadApi);
                let link = native(self.core, foreign, is_read).await?;
                let caller = answer::by_native(&link, foreign.digest, self.exchange);
                self.by_control_plane(caller).await
            }
        }
    }

    async fn by_control_plane(mut self, caller: crate::Caller) -> Answer {
        // The control plane reads bodies; what came in the query moves there.
        let body = match graphql::from_query(&self.received)? {
            Some(body) => {
                self.received.head.method = http::Method::POST;
                self.received.head.uri = http::Uri::from_static("/api/graphql");
                self.received.head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                bytes::Bytes::from(body.to_string())
            }
            None => self.read_whole().await?,
        };
        answer::answer(self.core, self.received, body, caller).await
    }

    fn owner(&self) -> Result<Owner, Refusal> {
        let Some(documents) = graphql::documents(&self.received)? else {
            return Err(Refusal::reason(Reason::NotCovered));
        };
        let (mut ours, mut theirs) = (false, false);
        for (document, operation) in &documents {
            match self.core.local.graphql_owner(document, operation.as_deref()) {
                Ok(GraphqlOwner::Narrowgate) => ours = true,
                Ok(GraphqlOwner::Instance) => theirs = true,
                Err(reason) => return Ok(Owner::Nobody(reason)),
            }
        }
        Ok(match (ours, theirs) {
            (true, true) => Owner::Nobody(
                "some of these documents are answered by Narrowgate and some by the instance: send them apart"
                    .to_owned(),
            ),
            (true, false) => Owner::Narrowgate,
            (false, _) => Owner::Instance,
        })
    }
}

fn unanswered(reason: &str) -> Response<ResponseBody> {
    let body = json!({ "errors": [{ "message": reason }] }).to_string();
    let mut response = Response::new(ResponseBody::Whole(body.into()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
