//! Plugs the control plane's router in behind the gate's own steps.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use narrowgate_api::{ApiState, router, serves};
use narrowgate_catalog::Surface;
use narrowgate_gate::{Caller, Local, LocalFuture};
use tower::ServiceExt as _;

/// The control plane, as the gate sees it.
pub(crate) struct ControlPlane {
    router: Router,
}

impl ControlPlane {
    pub(crate) fn new(state: ApiState) -> Self {
        Self { router: router(state) }
    }
}

impl Local for ControlPlane {
    fn serves(&self, surface: Surface, template: &str) -> bool {
        surface == Surface::Rest && serves(template)
    }

    fn call(&self, mut request: Request<Bytes>, caller: Caller) -> LocalFuture {
        let router = self.router.clone();
        request.extensions_mut().insert(narrowgate_api::Caller {
            token: caller.token,
            connection: caller.connection,
            address: caller.address,
            request_id: caller.request_id,
        });
        Box::pin(async move {
            let answer: Result<Response<Body>, Infallible> = router.oneshot(request.map(Body::from)).await;
            let Ok(response) = answer;
            collect(response).await
        })
    }
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
