//! Query and body: nothing in them may say something else than the path does.

use http::request::Parts;
use narrowgate_catalog::{Argument, Operation, Source, Surface};
use serde_json::Value;
use smallvec::SmallVec;

use super::content::{Content, content};
use super::json_keys::KeyScanner;
use super::multipart::PartScanner;
use super::names::Forbidden;
use super::scan::Scanner;
use super::values::Values;
use crate::body::{self, RequestBody, Watched};
use crate::core::Core;
use crate::receive::query::{base_name, decode, pairs};
use crate::receive::{Payload, Received, Violation};

type Names = SmallVec<[&'static str; 2]>;

/// Looks through query and body of an operation's request, and makes of the body what is forwarded.
///
/// # Errors
///
/// What may not pass, and bodies that have to be read and can't be.
pub(crate) async fn inspect(
    core: &Core,
    received: &mut Received,
    operation: &'static Operation,
) -> Result<(RequestBody, Values), Violation> {
    let has_body = !matches!(received.body, Payload::Empty);
    if !has_body && received.head.uri.query().is_none() {
        return Ok((RequestBody::Empty, Values::None));
    }
    let names = forbidden(operation);
    in_query(&received.head, &Forbidden::new(names.clone()))?;
    if !has_body {
        return Ok((RequestBody::Empty, Values::None));
    }
    // In a box: most requests have no body, and would carry the room for it.
    Box::pin(inspect_body(core, received, operation, names)).await
}

async fn inspect_body(
    core: &Core,
    received: &mut Received,
    operation: &'static Operation,
    names: Names,
) -> Result<(RequestBody, Values), Violation> {
    let payload = std::mem::replace(&mut received.body, Payload::Empty);
    let forbidden = Forbidden::new(names.clone());
    let asked = in_body(operation);
    match content(&received.head)? {
        Content::Opaque => Ok((forward(payload), Values::None)),
        Content::Form => form(core, payload, &forbidden).await,
        Content::Json if operation.surface == Surface::Narrowgate => {
            json(core, payload, forbidden.but_sudo(), !asked.is_empty()).await
        }
        Content::Json => json(core, payload, forbidden, !asked.is_empty()).await,
        // A boundary can't be read from a body that streams, so none may be in it.
        Content::Multipart => {
            let names = names.into_iter().chain(asked).collect();
            multipart(&received.head, payload, Forbidden::new(names))
        }
    }
}

/// The names of parameters with which a request could name another boundary than its path does.
fn forbidden(operation: &'static Operation) -> Names {
    let mut names = Names::new();
    for source in sources(operation) {
        match source {
            Source::Path { param, .. } => names.push(param),
            Source::Lookup(lookup) => {
                names.extend(lookup.arguments.iter().filter_map(|(_, argument)| match argument {
                    Argument::Path(index) => operation.parameters.get(*index).map(String::as_str),
                    Argument::Query(_) | Argument::Body(_) => None,
                }));
            }
            _ => {}
        }
    }
    if operation.template.starts_with("/projects/:") {
        names.extend(["id", "project_id"]);
    } else if operation.template.starts_with("/groups/:") {
        names.extend(["id", "group_id"]);
    }
    names.retain(|name| !declares(operation, name));
    names
}

fn sources(operation: &'static Operation) -> impl Iterator<Item = &'static Source> {
    operation.needs().iter().flat_map(|need| &need.boundaries).map(|boundary| &boundary.source)
}

/// Whether the operation takes the name from query or body itself.
fn declares(operation: &'static Operation, name: &str) -> bool {
    sources(operation).any(|source| match source {
        Source::Query { names } | Source::Body { names } => names.iter().any(|known| known == name),
        Source::Lookup(lookup) => lookup.arguments.iter().any(|(_, argument)| match argument {
            Argument::Query(known) | Argument::Body(known) => known == name,
            Argument::Path(_) => false,
        }),
        Source::Path { .. } | Source::Owner | Source::Instance => false,
    })
}

/// The names whose values the operation's boundary is read from.
fn in_body(operation: &'static Operation) -> Names {
    let mut names = Names::new();
    for source in sources(operation) {
        match source {
            Source::Body { names: known } => names.extend(known.iter().map(|name| base_name(name))),
            Source::Lookup(lookup) => {
                names.extend(lookup.arguments.iter().filter_map(|(_, argument)| match argument {
                    Argument::Body(name) => Some(base_name(name)),
                    Argument::Path(_) | Argument::Query(_) => None,
                }));
            }
            _ => {}
        }
    }
    names
}

fn in_query(head: &Parts, forbidden: &Forbidden) -> Result<(), Violation> {
    for (name, _) in pairs(head.uri.query().unwrap_or_default()) {
        let name = decode(name)?;
        let name = base_name(&name);
        if forbidden.is_boundary(name) {
            return Err(Violation::BoundaryParameter);
        }
        if name == "_method" {
            return Err(Violation::MethodOverride);
        }
    }
    Ok(())
}

/// The body as it is forwarded where the path alone says what the request does: no name of a boundary is looked for,
/// but credentials, `sudo` and `_method` in it are refused all the same.
///
/// # Errors
///
/// What may not pass.
pub(crate) async fn passed(core: &Core, received: &mut Received) -> Result<RequestBody, Violation> {
    let payload = std::mem::replace(&mut received.body, Payload::Empty);
    if matches!(payload, Payload::Empty) {
        return Ok(RequestBody::Empty);
    }
    let forbidden = Forbidden::default();
    match content(&received.head)? {
        Content::Opaque => Ok(forward(payload)),
        Content::Form => form(core, payload, &forbidden).await.map(|(body, _)| body),
        Content::Json => json(core, payload, forbidden, false).await.map(|(body, _)| body),
        Content::Multipart => multipart(&received.head, payload, forbidden).map(|(body, _)| body),
    }
}

fn content_type(head: &Parts) -> &str {
    head.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn forward(payload: Payload) -> RequestBody {
    match payload {
        Payload::Empty => RequestBody::Empty,
        Payload::Whole(bytes) => RequestBody::Whole(bytes),
        Payload::Unread(incoming) => RequestBody::Streamed(incoming),
    }
}

/// The whole body, within the limit.
///
/// # Errors
///
/// See [`body::read`].
pub(crate) async fn whole(core: &Core, payload: Payload) -> Result<bytes::Bytes, Violation> {
    match payload {
        Payload::Empty => Ok(bytes::Bytes::new()),
        Payload::Whole(bytes) => Ok(bytes),
        Payload::Unread(incoming) => body::read(incoming, core.config.limits.request_body).await,
    }
}

async fn form(
    core: &Core,
    payload: Payload,
    forbidden: &Forbidden,
) -> Result<(RequestBody, Values), Violation> {
    let bytes = whole(core, payload).await?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Violation::InvalidBody)?;
    let mut form = Vec::new();
    // Rack separates at `;` too.
    for (name, value) in text.split([';']).flat_map(pairs) {
        let name = decode(name)?.into_owned();
        forbidden.check(&name)?;
        form.push((name, decode(value)?.into_owned()));
    }
    Ok((RequestBody::Whole(bytes), Values::Form(form)))
}

async fn json(
    core: &Core,
    payload: Payload,
    forbidden: Forbidden,
    is_asked: bool,
) -> Result<(RequestBody, Values), Violation> {
    let mut scanner = KeyScanner::new(forbidden);
    let bytes = match payload {
        Payload::Unread(incoming) if !is_asked && !is_small(core, &incoming) => {
            let scanner = Box::new(Scanner::Json(scanner));
            return Ok((RequestBody::Scanned(incoming, scanner), Values::None));
        }
        payload => whole(core, payload).await?,
    };
    if bytes.is_empty() {
        return Ok((RequestBody::Empty, Values::None));
    }
    scanner.feed(&bytes)?;
    scanner.finish()?;
    let values = if is_asked {
        let document: Value = serde_json::from_slice(&bytes).map_err(|_| Violation::InvalidBody)?;
        Values::Json(document)
    } else {
        Values::None
    };
    Ok((RequestBody::Whole(bytes), values))
}

fn is_small(core: &Core, incoming: &Watched) -> bool {
    incoming.size_hint().upper().is_some_and(|size| size <= core.config.limits.request_body as u64)
}

/// Multipart bodies stream.
fn multipart(
    head: &Parts,
    payload: Payload,
    forbidden: Forbidden,
) -> Result<(RequestBody, Values), Violation> {
    let mut scanner = PartScanner::new(content_type(head), forbidden)?;
    match payload {
        Payload::Unread(incoming) => {
            let scanner = Box::new(Scanner::Multipart(scanner));
            Ok((RequestBody::Scanned(incoming, scanner), Values::None))
        }
        payload => {
            if let Payload::Whole(bytes) = &payload {
                scanner.feed(bytes)?;
                scanner.finish()?;
            }
            Ok((forward(payload), Values::None))
        }
    }
}
