//! Step 1: refuses what two parsers could read differently, before anything else looks at it.

pub(crate) mod framing;
pub(crate) mod head;
pub(crate) mod path;
pub(crate) mod query;
mod violation;

use bytes::Bytes;
use http::Request;
use http::request::Parts;
use http_body::Body;
use hyper::body::Incoming;
use narrowgate_catalog::Method;

use crate::Limits;
use crate::serve::Client;
pub(crate) use violation::Violation;

/// A request whose head has one reading only.
#[derive(Debug)]
pub(crate) struct Received {
    /// One of the methods that GitLab's API has.
    pub(crate) method: Method,
    /// The head as it came.
    pub(crate) head: Parts,
    /// The body, unread.
    pub(crate) body: Payload,
}

/// A request's body.
#[derive(Debug)]
pub(crate) enum Payload {
    /// There is none.
    Empty,
    /// It has not been read.
    Unread(Incoming),
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
    limits: &Limits,
) -> Result<Received, Violation> {
    client.verdict(request.version())?;
    let (head, body) = request.into_parts();
    let method = head::check(&head, limits)?;
    let body = if body.is_end_stream() { Payload::Empty } else { Payload::Unread(body) };
    Ok(Received { method, head, body })
}
