//! Step 1: refuses what two parsers could read differently, before anything else looks at it.

pub(crate) mod framing;
pub(crate) mod head;
pub(crate) mod origin;
pub(crate) mod path;
pub(crate) mod query;
mod violation;

use bytes::Bytes;
use http::Request;
use http::request::Parts;
use http_body::Body;
use hyper::body::Incoming;
use narrowgate_catalog::Method;

use crate::GateConfig;
use crate::body::Watched;
use crate::serve::Client;
pub(crate) use violation::Violation;

/// A request whose head has one reading only.
#[derive(Debug)]
pub(crate) struct Received {
    /// One of the methods that GitLab's API has.
    pub(crate) method: Method,
    /// The head as it came. In a box, since it is handed on from step to step.
    pub(crate) head: Box<Parts>,
    /// The body, unread.
    pub(crate) body: Payload,
}

/// A request's body.
#[derive(Debug)]
pub(crate) enum Payload {
    /// There is none.
    Empty,
    /// It has not been read.
    Unread(Watched),
    /// A step has read it as a whole.
    Whole(Bytes),
}

/// Checks framing, head, path and query.
///
/// # Errors
///
/// The first [`Violation`] found.
pub(crate) fn check(
    request: Request<Incoming>,
    client: &Client,
    config: &GateConfig,
) -> Result<Received, Violation> {
    client.verdict(request.version())?;
    let (head, body) = request.into_parts();
    let mut head = Box::new(head);
    let method = head::check(&head, &config.limits)?;
    head::name_host(&mut head);
    if body.is_end_stream() {
        return Ok(Received { method, head, body: Payload::Empty });
    }
    let body = Watched::new(body, config.timeouts.body_idle).framed(client.framing());
    Ok(Received { method, head, body: Payload::Unread(body) })
}
