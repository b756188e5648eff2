//! WebSockets: a permitted request may turn its connection into a tunnel.
//!
//! Only operations that are WebSockets may ask for one, and nothing else may be asked for: `h2c` would carry requests past
//! the gate undecided. The gate writes the headers of the
//! upgrade itself, and the tunnel opens only when the instance has agreed.

use http::header::{CONNECTION, HeaderMap, UPGRADE};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use narrowgate_catalog::Operation;

use crate::body::{RequestBody, ResponseBody};
use crate::credential::strip;
use crate::refusal::Failure;
use crate::serve::Client;
use crate::serve::tunnel::Tunnel;

const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// The operations that GitLab answers with a WebSocket.
const OPERATIONS: [&str; 1] = ["/ai/duo_workflows/ws"];

/// Takes the client's wish for a WebSocket out of a head.
pub(super) fn take(head: &mut Parts, body: &RequestBody, operation: Option<&Operation>) -> Option<OnUpgrade> {
    let is_plain = operation.is_some_and(|known| OPERATIONS.contains(&known.template.as_str()))
        && head.version == Version::HTTP_11
        && head.method == Method::GET
        && matches!(body, RequestBody::Empty)
        && asks_for_websocket(&head.headers);
    if is_plain { head.extensions.remove::<OnUpgrade>() } else { None }
}

/// Writes the wish down again, in the gate's own words.
pub(super) fn ask(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, WEBSOCKET);
}

/// The instance agrees: the client's connection becomes a tunnel once it has the answer.
///
/// # Errors
///
/// [`Failure::Unreadable`] for an upgrade that was not asked for.
pub(super) fn agree(
    wish: Option<OnUpgrade>,
    mut answer: Response<Incoming>,
    client: &Client,
) -> Result<Response<ResponseBody>, Failure> {
    let Some(wish) = wish.filter(|_| asks_for_websocket(answer.headers())) else {
        return Err(Failure::Unreadable);
    };
    let instance = hyper::upgrade::on(&mut answer);
    client.open(Tunnel::new(wish, instance));
    let mut response = answer.map(|_| ResponseBody::Empty);
    strip::response_headers(response.headers_mut());
    ask(response.headers_mut());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    Ok(response)
}

fn asks_for_websocket(headers: &HeaderMap) -> bool {
    let mut protocols = headers.get_all(UPGRADE).iter();
    let only = protocols.next().filter(|_| protocols.next().is_none());
    let lists_upgrade = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|word| word.trim().eq_ignore_ascii_case("upgrade"));
    lists_upgrade && only.is_some_and(|only| only.as_bytes().eq_ignore_ascii_case(WEBSOCKET.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    #[test]
    fn only_websockets_are_upgrades() {
        for (connection, upgrade, expected) in [
            ("upgrade", "websocket", true),
            ("keep-alive, Upgrade", "WebSocket", true),
            ("upgrade", "h2c", false),
            ("upgrade", "websocket, h2c", false),
            ("keep-alive", "websocket", false),
        ] {
            let request = Request::builder().header("connection", connection).header("upgrade", upgrade);
            let headers = request.body(()).unwrap().into_parts().0.headers;
            assert_eq!(asks_for_websocket(&headers), expected, "{connection}: {upgrade}");
        }
    }
}
