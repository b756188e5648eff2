//! The request as the instance gets it.

use http::header::{ACCEPT_ENCODING, AUTHORIZATION, HOST, HeaderName};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Uri, Version};
use narrowgate_catalog::{Carrier, Operation, OperationAccess, Surface};
use smallvec::SmallVec;

use crate::authenticate::Link;
use crate::core::Core;
use crate::credential::{TOKEN_HEADERS, strip};
use crate::decide::SendAs;
use crate::record::Exchange;
use crate::refusal::{Failure, Refusal};
use crate::serve::Client;

pub(super) const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
pub(super) const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
pub(super) const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
/// The user that the instance is to act as.
pub(super) const SUDO: HeaderName = HeaderName::from_static("sudo");
/// The id that the gate gives each request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Edits the head in place. `readable` asks for an answer that the gate can read.
#[expect(clippy::too_many_arguments, reason = "everything that makes up the forwarded head")]
pub(super) fn prepare(
    core: &Core,
    head: &mut Parts,
    surface: Surface,
    send_as: SendAs,
    operation: Option<&'static Operation>,
    link: Option<&Link>,
    client: &Client,
    exchange: &Exchange,
    readable: bool,
) -> Result<(), Refusal> {
    let kept = kept(send_as, operation);
    let host = head.headers.get(HOST).cloned();
    strip::headers(&mut head.headers, core.config.bypass_header.as_ref(), &kept);
    if readable {
        head.headers.remove(ACCEPT_ENCODING);
    }
    let headers = &mut head.headers;
    headers.insert(HOST, core.upstream.host.clone());
    let from_proxy = exchange.address != client.address;
    let address = from_proxy.then(|| HeaderValue::try_from(exchange.address.to_string()).ok()).flatten();
    headers.insert(FORWARDED_FOR, address.unwrap_or_else(|| client.forwarded_for.clone()));
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static(client.scheme()));
    if let Some(host) = host {
        headers.insert(FORWARDED_HOST, host);
    }
    headers.insert(REQUEST_ID, exchange.id.header());
    if let (SendAs::Connection, Some(link)) = (send_as, link) {
        let value = match surface {
            Surface::Rest | Surface::Scim | Surface::Narrowgate => &link.bearer,
            Surface::Git | Surface::Lfs | Surface::Registry => &link.basic,
        };
        headers.insert(AUTHORIZATION, value.clone());
    }
    head.uri = uri(core, &head.uri, send_as, operation)?;
    head.version = Version::HTTP_11;
    head.extensions.clear();
    Ok(())
}

/// Of a request that stands on its own credential, that credential stays and no other.
fn kept(send_as: SendAs, operation: Option<&'static Operation>) -> SmallVec<[HeaderName; 4]> {
    if send_as != SendAs::Itself {
        return SmallVec::new();
    }
    if let Some(carriers) = carriers(operation) {
        let names = carriers.iter().filter_map(|carrier| match carrier {
            Carrier::Header(name) => HeaderName::try_from(name.as_str()).ok(),
            Carrier::Parameter(_) => None,
        });
        return names.collect();
    }
    TOKEN_HEADERS.into_iter().chain([AUTHORIZATION]).collect()
}

/// The carriers of an operation that has a credential of its own.
fn carriers(operation: Option<&'static Operation>) -> Option<&'static [Carrier]> {
    match operation.map(|known| &known.access) {
        Some(OperationAccess::OtherCredential { carriers, .. }) => Some(carriers),
        _ => None,
    }
}

/// The path and query byte for byte, but for the parameters that carried a credential of ours.
fn uri(
    core: &Core,
    uri: &Uri,
    send_as: SendAs,
    operation: Option<&'static Operation>,
) -> Result<Uri, Refusal> {
    let given = uri.path_and_query();
    let carriers = carriers(operation).unwrap_or_default();
    let is_own =
        |name: &str| carriers.iter().any(|carrier| matches!(carrier, Carrier::Parameter(own) if own == name));
    let stays = |name: &str| send_as == SendAs::Itself && (carriers.is_empty() || is_own(name));
    let changed = given.and_then(|given| strip::target(given, stays));
    let target = changed.or_else(|| given.cloned()).unwrap_or_else(|| PathAndQuery::from_static("/"));
    prefixed(&core.upstream.prefix, target).map(Uri::from)
}

fn prefixed(prefix: &str, target: PathAndQuery) -> Result<PathAndQuery, Refusal> {
    if prefix.is_empty() {
        return Ok(target);
    }
    PathAndQuery::try_from(format!("{prefix}{target}")).map_err(|_| Failure::Unreadable.into())
}
