//! Operations that are answered here instead of by the instance.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use narrowgate_catalog::ScopeSet;
use narrowgate_policy::Reason;
use narrowgate_secret::TokenDigest;

use crate::authenticate::native::Owner;
use crate::authenticate::{Principal, follower};
use crate::body::ResponseBody;
use crate::core::Core;
use crate::credential::strip;
use crate::local::{Caller, Peer};
use crate::receive::Received;
use crate::record::Exchange;
use crate::refusal::{Failure, Refusal};

/// The caller behind a Narrowgate token.
///
/// # Errors
///
/// The token is gone, or the store can't be asked.
pub(crate) async fn by_token(
    core: &Core,
    principal: &Principal,
    exchange: &Exchange,
) -> Result<Caller, Refusal> {
    let unknown = || Refusal::reason(Reason::Unknown);
    let id = principal.token.ok_or_else(unknown)?;
    let token = core.store.tokens().lookup(id).await?.ok_or_else(unknown)?;
    Ok(Caller {
        presented: token.digest,
        token: Some(Arc::new(token)),
        native_scopes: ScopeSet::EMPTY,
        connection: Arc::clone(&principal.link.connection),
        address: exchange.address,
        request_id: exchange.id.as_str().into_owned(),
    })
}

/// The caller behind a native token of a connected user.
pub(crate) fn by_native(owner: &Owner, presented: TokenDigest, exchange: &Exchange) -> Caller {
    Caller {
        token: None,
        native_scopes: owner.scopes,
        connection: Arc::clone(&owner.link.connection),
        presented,
        address: exchange.address,
        request_id: exchange.id.as_str().into_owned(),
    }
}

/// Lets the control plane answer. What it changed counts here as soon as it has answered.
///
/// # Errors
///
/// The change log can't be followed.
pub(crate) async fn answer(
    core: &Core,
    received: Received,
    body: Bytes,
    caller: Caller,
) -> Result<Response<ResponseBody>, Refusal> {
    let is_read = received.method.is_read();
    let response = core.local.call(stripped(core, received, body)?, caller).await;
    if !is_read {
        follower::catch_up(core).await?;
    }
    Ok(response.map(ResponseBody::Whole))
}

/// Lets the control plane answer somebody without a credential.
///
/// # Errors
///
/// The change log can't be followed.
pub(crate) async fn answer_anybody(
    core: &Core,
    received: Received,
    body: Bytes,
    exchange: &Exchange,
) -> Result<Response<ResponseBody>, Refusal> {
    let is_read = received.method.is_read();
    let peer = Peer { address: exchange.address, request_id: exchange.id.as_str().into_owned() };
    let response = core.local.call_open(stripped(core, received, body)?, peer).await;
    if !is_read {
        follower::catch_up(core).await?;
    }
    Ok(response.map(ResponseBody::Whole))
}

/// The request as the control plane gets it: nothing in it says who asks.
fn stripped(core: &Core, received: Received, body: Bytes) -> Result<Request<Bytes>, Refusal> {
    let mut head = received.head;
    strip::headers(&mut head.headers, core.config.bypass_header.as_ref(), &[]);
    if let Some(target) = head.uri.path_and_query().and_then(|target| strip::target(target, |_| false)) {
        head.uri = target.as_str().parse().map_err(|_| Failure::Unreadable)?;
    }
    Ok(Request::from_parts(*head, body))
}
