//! Who asks.

use std::net::IpAddr;
use std::sync::Arc;

use narrowgate_catalog::ScopeSet;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::Token;

/// An authenticated caller whose token holds the permission that the path needs. Passed as a request extension.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The Narrowgate token; none for a native GitLab token of a connected user.
    pub token: Option<Arc<Token>>,
    /// The scopes of the native token, among them `api` for all that writes; none for a Narrowgate token.
    pub native_scopes: ScopeSet,
    /// How the caller acts on the instance.
    pub connection: Arc<Connection>,
    /// Where the request came from.
    pub address: IpAddr,
    /// The request's id, for the audit log.
    pub request_id: String,
}
