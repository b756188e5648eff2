//! The operations that Narrowgate answers itself, behind the gate's own steps.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use narrowgate_catalog::{ScopeSet, Surface};
use narrowgate_secret::TokenDigest;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::Token;

/// A future that a [`Local`] returns.
pub type LocalFuture = Pin<Box<dyn Future<Output = Response<Bytes>> + Send>>;

/// The control plane, as the gate sees it: called after `decide` allowed, never forwarded.
pub trait Local: Send + Sync {
    /// Whether the operation with this template (without `/api/v4`) is answered here.
    fn serves(&self, surface: Surface, template: &str) -> bool;

    /// Whether the operation with this template answers anybody, without a credential.
    fn is_open(&self, _surface: Surface, _template: &str) -> bool {
        false
    }

    /// Whether the operation is about the presented credential itself, so that of a native token the instance knows more.
    fn concerns_presented(&self, _template: &str) -> bool {
        false
    }

    /// Who answers a GraphQL document.
    ///
    /// # Errors
    ///
    /// Why nobody does, for the client.
    fn graphql_owner(&self, _document: &str, _operation: Option<&str>) -> Result<GraphqlOwner, String> {
        Ok(GraphqlOwner::Instance)
    }

    /// Answers one request of an operation that [is open](Self::is_open).
    fn call_open(&self, _request: Request<Bytes>, _peer: Peer) -> LocalFuture {
        Box::pin(async { missing() })
    }

    /// Answers one request. The path still carries `/api/v4`; the body is whole and bounded.
    fn call(&self, request: Request<Bytes>, caller: Caller) -> LocalFuture;
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The Narrowgate token, or `None` for a native GitLab token of a connected user.
    pub token: Option<Arc<Token>>,
    /// The scopes of the native GitLab token; none for a Narrowgate token.
    pub native_scopes: ScopeSet,
    /// The connection that the caller acts through.
    pub connection: Arc<Connection>,
    /// Digest of the credential that was presented.
    pub presented: TokenDigest,
    /// Where the request came from.
    pub address: IpAddr,
    /// The request's id, as in the `X-Request-Id` header of the response.
    pub request_id: String,
}

/// Who sends a request without a credential.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Where the request came from.
    pub address: IpAddr,
    /// The request's id, as in the `X-Request-Id` header of the response.
    pub request_id: String,
}

/// Who answers a GraphQL document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphqlOwner {
    /// Narrowgate: it is never forwarded.
    Narrowgate,
    /// The instance.
    Instance,
}

/// Nothing is answered here: every request is forwarded.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLocal;

impl Local for NoLocal {
    fn serves(&self, _surface: Surface, _template: &str) -> bool {
        false
    }

    fn call(&self, _request: Request<Bytes>, _caller: Caller) -> LocalFuture {
        Box::pin(async { missing() })
    }
}

fn missing() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = http::StatusCode::NOT_FOUND;
    response
}
