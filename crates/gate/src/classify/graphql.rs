//! GraphQL, until documents are planned: legacy tokens pass by scope, fine-grained ones are refused.

use narrowgate_catalog::{Method, Scope, ScopeSet};
use narrowgate_policy::Reason;
use serde_json::Value;

use super::Route;
use super::content::{Content, content};
use super::inspect::whole;
use crate::core::Core;
use crate::receive::Violation;
use crate::receive::query::{base_name, decode, pairs};
use crate::receive::{Payload, Received};
use crate::refusal::Refusal;

/// Documents come by GET and POST.
pub(super) fn route<'p>(method: Method) -> Result<Route<'p>, Refusal> {
    match method {
        Method::Get | Method::Head | Method::Post => Ok(Route::Graphql),
        Method::Put | Method::Patch | Method::Delete => Err(Refusal::reason(Reason::NotCovered)),
    }
}

/// Reads the body of a request, where GitLab takes documents from it.
///
/// # Errors
///
/// A body that does not arrive, or is too long to be judged.
pub(crate) async fn read(core: &Core, received: &mut Received) -> Result<(), Violation> {
    if !matches!(content(&received.head)?, Content::Json | Content::Form) {
        return Ok(());
    }
    received.body = match std::mem::replace(&mut received.body, Payload::Empty) {
        Payload::Unread(body) => Payload::Whole(whole(core, Payload::Unread(body)).await?),
        payload => payload,
    };
    Ok(())
}

/// The documents of a request, each with the name of the operation that is meant. `None` if they can't be told.
///
/// # Errors
///
/// A body or query that can't be read.
pub(crate) fn documents(received: &Received) -> Result<Option<Vec<Document>>, Violation> {
    let mut documents = Vec::new();
    documents.extend(in_pairs(pairs(received.head.uri.query().unwrap_or_default()))?);
    let Payload::Whole(body) = &received.body else {
        // Multipart forms may hold documents and stream; nothing else that streams does.
        let is_told = matches!(received.body, Payload::Empty) || content(&received.head)? == Content::Opaque;
        return Ok(is_told.then_some(documents));
    };
    match content(&received.head)? {
        Content::Json => {
            let body: Value = serde_json::from_slice(body).map_err(|_| Violation::InvalidBody)?;
            let several = body.as_array().map_or(std::slice::from_ref(&body), Vec::as_slice);
            documents.extend(several.iter().filter_map(document));
        }
        Content::Form => {
            let text = std::str::from_utf8(body).map_err(|_| Violation::InvalidBody)?;
            documents.extend(in_pairs(text.split(';').flat_map(pairs))?);
        }
        Content::Multipart => return Ok(None),
        Content::Opaque => {}
    }
    Ok(Some(documents))
}

/// A document and the operation of it that is meant.
type Document = (String, Option<String>);

fn document(body: &Value) -> Option<Document> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    Some((text("query")?, text("operationName").filter(|name| !name.is_empty())))
}

fn in_pairs<'t>(pairs: impl Iterator<Item = (&'t str, &'t str)>) -> Result<Option<Document>, Violation> {
    let (mut query, mut operation) = (None, None);
    for (name, value) in pairs {
        let name = decode(name)?;
        let place = match base_name(&name) {
            "query" => &mut query,
            "operationName" => &mut operation,
            // Several documents in a form.
            "_json" => return Err(Violation::InvalidBody),
            _ => continue,
        };
        if place.replace(decode(value)?.into_owned()).is_some() {
            return Err(Violation::RepeatedParameter);
        }
    }
    Ok(query.map(|query| (query, operation.filter(|name: &String| !name.is_empty()))))
}

/// The document of the query or a form as a JSON body; none where the body is one already.
///
/// # Errors
///
/// Documents in both, and what can't be read.
pub(crate) fn from_query(received: &Received) -> Result<Option<Value>, Violation> {
    let in_query = received.head.uri.query().unwrap_or_default();
    let text = match &received.body {
        Payload::Whole(body) if content(&received.head)? == Content::Form => {
            std::str::from_utf8(body).map_err(|_| Violation::InvalidBody)?
        }
        Payload::Whole(_) if in_pairs(pairs(in_query))?.is_some() => {
            return Err(Violation::RepeatedParameter);
        }
        Payload::Whole(_) => return Ok(None),
        Payload::Empty | Payload::Unread(_) => "",
    };
    let all = || pairs(in_query).chain(pairs(text));
    let Some((query, operation)) = in_pairs(all())? else { return Ok(None) };
    let mut variables = Value::Null;
    for (name, value) in all() {
        if decode(name)? == "variables" && !value.is_empty() {
            variables = serde_json::from_str(&decode(value)?).map_err(|_| Violation::InvalidBody)?;
        }
    }
    Ok(Some(serde_json::json!({ "query": query, "operationName": operation, "variables": variables })))
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
        let head = Box::new(Request::builder().uri(uri).body(()).unwrap().into_parts().0);
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
