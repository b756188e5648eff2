//! Plugs the control plane's router in behind the gate's own steps.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use narrowgate_api::own::{self, OwnState};
use narrowgate_api::{ApiState, concerns_presented_token, graphql, router, serves};
use narrowgate_catalog::Surface;
use narrowgate_gate::{Caller, GraphqlOwner, Local, LocalFuture, Peer};
use tower::ServiceExt as _;

/// Where Narrowgate's own API begins.
const OWN_API: &str = "/api/narrowgate/";

/// The control plane, as the gate sees it.
pub(crate) struct ControlPlane {
    /// GitLab's token API.
    gitlab: Router,
    /// Narrowgate's own.
    own: Router,
}

impl ControlPlane {
    pub(crate) fn new(state: ApiState, own: OwnState) -> Self {
        Self { gitlab: router(state), own: own::router(own) }
    }

    fn router(&self, path: &str) -> Router {
        if path.starts_with(OWN_API) { self.own.clone() } else { self.gitlab.clone() }
    }
}

impl Local for ControlPlane {
    fn serves(&self, surface: Surface, template: &str) -> bool {
        match surface {
            Surface::Rest => serves(template),
            Surface::Narrowgate => own::serves(template),
            Surface::Scim | Surface::Git | Surface::Lfs | Surface::Registry => false,
        }
    }

    fn is_open(&self, surface: Surface, template: &str) -> bool {
        surface == Surface::Narrowgate && own::is_open(template)
    }

    fn concerns_presented(&self, template: &str) -> bool {
        concerns_presented_token(template)
    }

    fn graphql_owner(&self, document: &str, operation: Option<&str>) -> Result<GraphqlOwner, String> {
        match graphql::owner(document, operation) {
            Ok(graphql::Owner::Narrowgate) => Ok(GraphqlOwner::Narrowgate),
            Ok(graphql::Owner::Instance) => Ok(GraphqlOwner::Instance),
            Err(error) => Err(error.to_string()),
        }
    }

    fn call_open(&self, mut request: Request<Bytes>, peer: Peer) -> LocalFuture {
        let Peer { address, request_id } = peer;
        request.extensions_mut().insert(own::Peer { address, request_id });
        answer(self.router(request.uri().path()), request)
    }

    fn call(&self, mut request: Request<Bytes>, caller: Caller) -> LocalFuture {
        let router = self.router(request.uri().path());
        request.extensions_mut().insert(narrowgate_api::Caller {
            token: caller.token,
            native_scopes: caller.native_scopes,
            connection: caller.connection,
            address: caller.address,
            request_id: caller.request_id,
        });
        answer(router, request)
    }
}

fn answer(router: Router, request: Request<Bytes>) -> LocalFuture {
    Box::pin(async move {
        let answer: Result<Response<Body>, Infallible> = router.oneshot(request.map(Body::from)).await;
        let Ok(response) = answer;
        collect(response).await
    })
}

/// The whole answer; the control plane's bodies are small and in memory already.
async fn collect(response: Response<Body>) -> Response<Bytes> {
    let (parts, body) = response.into_parts();
    match body.collect().await {
        Ok(body) => Response::from_parts(parts, body.to_bytes()),
        Err(error) => {
            tracing::error!(%error, "The control plane's answer broke off");
            let mut response =
                Response::new(Bytes::from_static(b"{\"message\":\"500 Internal Server Error\"}"));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}
