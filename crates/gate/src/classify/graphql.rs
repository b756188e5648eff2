//! GraphQL, until documents are planned: legacy tokens pass by scope, fine-grained ones are refused.

use narrowgate_catalog::{Method, Scope, ScopeSet};
use narrowgate_policy::Reason;
use serde_json::Value;

use super::Route;
use super::content::{Content, content};
use super::inspect::whole;
use crate::core::Core;
use crate::receive::Violation;
use crate::receive::query::{decode, pairs};
use crate::receive::{Payload, Received};
use crate::refusal::Refusal;

/// Documents come by GET and POST.
pub(super) fn route<'p>(method: Method) -> Result<Route<'p>, Refusal> {
    match method {
        Method::Get | Method::Head | Method::Post => Ok(Route::Graphql),
        Method::Put | Method::Patch | Method::Delete => Err(Refusal::reason(Reason::NotCovered)),
    }
}

/// Reads the body of a request that may be judged by its document. Others pass as they are, for tokens with `api`.
///
/// # Errors
///
/// A body that does not arrive.
pub(crate) async fn read(core: &Core, received: &mut Received) -> Result<(), Violation> {
    let limit = core.config.limits.request_body as u64;
    let is_judged = content(&received.head)? == Content::Json;
    let payload = std::mem::replace(&mut received.body, Payload::Empty);
    received.body = match payload {
        Payload::Unread(body) if is_judged && body.size_hint().upper().is_some_and(|size| size <= limit) => {
            Payload::Whole(whole(core, Payload::Unread(body)).await?)
        }
        payload => payload,
    };
    Ok(())
}

/// The legacy scopes any of which admits a request whose body, if any, was read as a whole.
pub(crate) fn scopes(received: &Received) -> ScopeSet {
    let scopes = [Scope::Api, Scope::ReadApi];
    let admitted = if only_reads(received) { &scopes[..] } else { scopes.split_at(1).0 };
    admitted.iter().copied().collect()
}

/// Whether no document of the request can be anything but a query. Errs on the side of "no".
fn only_reads(received: &Received) -> bool {
    let in_query = received.head.uri.query().unwrap_or_default();
    let query_reads = pairs(in_query).all(|(name, value)| {
        let is_plain = decode(name).is_ok_and(|name| !name.contains('['));
        is_plain && decode(value).is_ok_and(|value| is_query(&value))
    });
    query_reads
        && match &received.body {
            Payload::Empty => true,
            Payload::Unread(_) => false,
            Payload::Whole(body) => {
                serde_json::from_slice(body).is_ok_and(|body: Value| documents_read(&body))
            }
        }
}

fn documents_read(body: &Value) -> bool {
    match body {
        Value::Array(batch) => batch.iter().all(documents_read),
        Value::Object(request) => request.get("query").and_then(Value::as_str).is_some_and(is_query),
        _ => false,
    }
}

/// A mutation can't be written without this word.
fn is_query(document: &str) -> bool {
    !document.contains("mutation") && !document.contains("subscription")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::Request;

    fn admits_read_api(uri: &str, body: Option<&'static str>) -> bool {
        let head = Request::builder().uri(uri).body(()).unwrap().into_parts().0;
        let body = body.map_or(Payload::Empty, |text| Payload::Whole(Bytes::from_static(text.as_bytes())));
        scopes(&Received { method: Method::Post, head, body }).contains(Scope::ReadApi)
    }

    #[test]
    fn read_api_admits_queries_only() {
        let uri = "/api/graphql";
        assert!(admits_read_api(uri, Some(r#"{"query":"{ currentUser { id } }"}"#)));
        assert!(admits_read_api(uri, Some(r#"[{"query":"{ a }"},{"query":"query { b }"}]"#)));
        assert!(admits_read_api("/api/graphql?query=%7Ba%7D", None));
        assert!(!admits_read_api(uri, Some(r#"{"query":"mutation { a }"}"#)));
        assert!(!admits_read_api(uri, Some(r#"{"query":"muta\u0074ion { a }"}"#)));
        assert!(!admits_read_api(uri, Some(r#"[{"query":"{ a }"},{"query":"mutation { b }"}]"#)));
        assert!(!admits_read_api(uri, Some("query=mutation")));
        assert!(!admits_read_api(uri, Some("{}")));
        assert!(!admits_read_api("/api/graphql?query=muta%74ion%7Ba%7D", Some(r#"{"query":"{ a }"}"#)));
    }
}
