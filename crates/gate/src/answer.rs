//! Operations that are answered here instead of by the instance.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use narrowgate_policy::Reason;
use narrowgate_secret::TokenDigest;

use crate::authenticate::{Link, Principal, follower};
use crate::body::ResponseBody;
use crate::core::Core;
use crate::credential::strip;
use crate::local::Caller;
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
    let token = core.store.tokens().lookup(principal.token).await?;
    let token = token.ok_or_else(|| Refusal::reason(Reason::Unknown))?;
    Ok(Caller {
        presented: token.digest,
        token: Some(Arc::new(token)),
        connection: Arc::clone(&principal.link.connection),
        address: exchange.address,
        request_id: exchange.id.as_str().into_owned(),
    })
}

/// The caller behind a native token of a connected user.
pub(crate) fn by_native(link: &Link, presented: TokenDigest, exchange: &Exchange) -> Caller {
    Caller {
        token: None,
        connection: Arc::clone(&link.connection),
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
    let Received { method, mut head, .. } = received;
    strip::headers(&mut head.headers, core.config.bypass_header.as_ref(), &[]);
    if let Some(target) = head.uri.path_and_query().and_then(|target| strip::target(target, |_| false)) {
        head.uri = target.as_str().parse().map_err(|_| Failure::Unreadable)?;
    }
    let response = core.local.call(Request::from_parts(head, body), caller).await;
    if !method.is_read() {
        follower::catch_up(core).await?;
    }
    Ok(response.map(ResponseBody::Whole))
}
