//! LFS batches: their answers name URLs and headers that the client sends next.
//!
//! GitLab puts the request's own `Authorization` into them, which is the connection's credential here. It must never
//! reach the client: an answer that can't be read is not passed on.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::request::Parts;
use http::{HeaderValue, Response};
use narrowgate_catalog::{Operation, Surface};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};

use super::rewrite::{Public, url};
use crate::authenticate::Link;
use crate::body::ResponseBody;
use crate::core::Core;
use crate::filter;
use crate::refusal::{Failure, Refusal};

/// Whether a request of the operation is a batch.
pub(super) fn is_batch(operation: &Operation, head: &Parts) -> bool {
    operation.surface == Surface::Lfs && head.uri.path().ends_with("/info/lfs/objects/batch")
}

/// Rewrites a batch's answer, whatever its status.
pub(super) async fn batch(
    core: &Core,
    response: Response<ResponseBody>,
    link: &Link,
    own: Option<&HeaderValue>,
    public: &Public,
) -> Result<Response<ResponseBody>, Refusal> {
    let (mut head, body) = response.into_parts();
    let bytes = filter::whole(core, &head.headers, body).await?;
    let rewritten = rewrite(core, &bytes, link, own, public).ok_or(Failure::Unreadable)?;
    head.headers.remove(CONTENT_ENCODING);
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(rewritten.len()));
    Ok(Response::from_parts(head, ResponseBody::Whole(rewritten)))
}

fn rewrite(
    core: &Core,
    bytes: &Bytes,
    link: &Link,
    own: Option<&HeaderValue>,
    public: &Public,
) -> Option<Bytes> {
    let mut answer: Value = serde_json::from_slice(bytes).ok()?;
    if let Some(objects) = answer.get_mut("objects").and_then(Value::as_array_mut) {
        for action in objects.iter_mut().filter_map(|object| object.get_mut("actions")?.as_object_mut()) {
            for action in action.values_mut().filter_map(Value::as_object_mut) {
                rewrite_action(core, action, own, public);
            }
        }
    }
    let text = serde_json::to_string(&answer).ok()?;
    // The last line of defence, wherever the instance may have put it.
    if leaks(&text, link) || leaks_in_header(&answer, link) {
        tracing::warn!(
            "an LFS answer carries the connection's credential for a URL that is not known to be the instance's; \
             if it is, name it with `--instance-external-url`"
        );
        return None;
    }
    Some(Bytes::from(text))
}

fn rewrite_action(core: &Core, action: &mut Map<String, Value>, own: Option<&HeaderValue>, public: &Public) {
    let href = action.get("href").and_then(Value::as_str).and_then(|href| url(core, href, public));
    let is_ours = href.is_some();
    if let Some(href) = href {
        action.insert("href".to_owned(), Value::String(href));
    }
    let Some(headers) = action.get_mut("header").and_then(Value::as_object_mut) else { return };
    let own = own.filter(|_| is_ours).and_then(|value| value.to_str().ok());
    let names: Vec<String> =
        headers.keys().filter(|name| name.eq_ignore_ascii_case("authorization")).cloned().collect();
    for name in names {
        match own {
            Some(own) => headers.insert(name, Value::String(own.to_owned())),
            // Another host's own signature stays, the connection's credential is caught below.
            None if is_ours => headers.remove(&name),
            None => None,
        };
    }
}

/// Whether the text has the connection's credential in it, plain or as `Basic`.
fn leaks(text: &str, link: &Link) -> bool {
    let credential = link.identity.credential.expose_secret();
    let basic = STANDARD.encode(format!("oauth2:{credential}"));
    let escaped = basic.replace('/', "\\/");
    text.contains(credential) || text.contains(&basic) || text.contains(&escaped)
}

/// Whether an action's header carries the connection's credential as `Basic` under whatever user name.
fn leaks_in_header(answer: &Value, link: &Link) -> bool {
    let credential = link.identity.credential.expose_secret();
    let objects = answer.get("objects").and_then(Value::as_array).into_iter().flatten();
    let actions = objects.filter_map(|object| object.get("actions")?.as_object()).flat_map(Map::values);
    let mut values = actions.filter_map(|action| action.get("header")?.as_object()).flat_map(Map::values);
    values.any(|value| {
        let encoded = value.as_str().and_then(|text| text.split_once(' ')).map(|(_, encoded)| encoded.trim());
        let decoded = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
        decoded.is_some_and(|bytes| memchr::memmem::find(&bytes, credential.as_bytes()).is_some())
    })
}
