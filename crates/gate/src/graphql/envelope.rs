//! The documents of a request, however they come: as JSON, as an array of requests, as a form, or in the query.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Uri};
use narrowgate_catalog::{Method, Scope, ScopeSet};
use narrowgate_graphql::{operations, plan};
use narrowgate_policy::Reason;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::classify::content::{Content, content};
use crate::classify::inspect::whole;
use crate::core::Core;
use crate::receive::query::{base_name, decode, pairs};
use crate::receive::{Payload, Received, Violation};
use crate::refusal::Refusal;

/// What GitLab reads of a request to GraphQL.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// At least one.
    pub(crate) requests: Vec<Request>,
    /// Whether they came as an array, and are answered as one.
    pub(crate) is_batch: bool,
    /// Whether they may change anything: requests with the method GET don't.
    pub(crate) may_change: bool,
}

/// One document and what goes with it.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    /// The document.
    pub(crate) query: Option<String>,
    /// Which of its operations is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation_name: Option<String>,
    /// JSON, as it was written.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "raw")]
    pub(crate) variables: Option<String>,
}

/// Reads the documents of a request, and its body where they are in there.
///
/// # Errors
///
/// A body that doesn't arrive or is too long, documents that can be read in two ways, and bodies that can't be told from
/// files.
pub(crate) async fn read(core: &Core, received: &mut Received) -> Result<Envelope, Refusal> {
    let content = content(&received.head)?;
    if content == Content::Multipart && !matches!(received.body, Payload::Empty) {
        return Err(Refusal::reason(Reason::NotCovered));
    }
    if matches!(content, Content::Json | Content::Form) {
        received.body = match std::mem::replace(&mut received.body, Payload::Empty) {
            Payload::Unread(body) => Payload::Whole(whole(core, Payload::Unread(body)).await?),
            payload => payload,
        };
    }
    let body = match &received.body {
        Payload::Whole(body) => body.as_ref(),
        Payload::Empty | Payload::Unread(_) => &[],
    };
    let may_change = matches!(received.method, Method::Post);
    Ok(envelope(received.head.uri.query().unwrap_or_default(), content, body, may_change)?)
}

fn envelope(query: &str, content: Content, body: &[u8], may_change: bool) -> Result<Envelope, Violation> {
    let in_query = in_pairs(pairs(query))?;
    let (in_body, is_batch) = match content {
        _ if body.is_empty() => (None, false),
        Content::Json => {
            let (requests, is_batch) = in_json(body)?;
            (Some(requests), is_batch)
        }
        Content::Form => {
            let text = std::str::from_utf8(body).map_err(|_| Violation::InvalidBody)?;
            (in_pairs(text.split(';').flat_map(pairs))?.map(|request| vec![request]), false)
        }
        Content::Multipart | Content::Opaque => (None, false),
    };
    let requests = match (in_query, in_body) {
        // GitLab merges both; which one wins is not the gate's to guess.
        (Some(_), Some(_)) => return Err(Violation::RepeatedParameter),
        (Some(request), None) => vec![request],
        (None, Some(requests)) => requests,
        (None, None) => vec![Request::default()],
    };
    Ok(Envelope { requests, is_batch, may_change })
}

/// What is read of an object; its other keys are dropped.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parts<'b> {
    query: Option<Cow<'b, str>>,
    operation_name: Option<Cow<'b, str>>,
    #[serde(borrow)]
    variables: Option<&'b RawValue>,
}

fn in_json(body: &[u8]) -> Result<(Vec<Request>, bool), Violation> {
    let text = std::str::from_utf8(body).map_err(|_| Violation::InvalidBody)?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|_| Violation::InvalidBody)?;
    // Well-formed, so that only a repeated key is left to object to.
    plan::strict(text).map_err(|_| Violation::RepeatedKey)?;
    let is_batch = text.trim_start().starts_with('[');
    let parts: Vec<Parts<'_>> = if is_batch {
        serde_json::from_str(text).map_err(|_| Violation::InvalidBody)?
    } else {
        vec![serde_json::from_str(text).map_err(|_| Violation::InvalidBody)?]
    };
    if parts.is_empty() {
        return Err(Violation::InvalidBody);
    }
    Ok((parts.into_iter().map(Request::from).collect(), is_batch))
}

impl From<Parts<'_>> for Request {
    fn from(parts: Parts<'_>) -> Self {
        Self {
            query: parts.query.map(Cow::into_owned),
            operation_name: parts.operation_name.map(Cow::into_owned).filter(|name| !name.is_empty()),
            variables: parts.variables.map(|raw| raw.get().to_owned()),
        }
    }
}

/// The request that parameters make up; none if none of them is part of one.
fn in_pairs<'t>(pairs: impl Iterator<Item = (&'t str, &'t str)>) -> Result<Option<Request>, Violation> {
    let (mut request, mut is_one) = (Request::default(), false);
    for (name, value) in pairs {
        let name = decode(name)?;
        let place = match base_name(&name) {
            "query" => &mut request.query,
            "operationName" => &mut request.operation_name,
            "variables" => &mut request.variables,
            // Several documents in a form.
            "_json" => return Err(Violation::InvalidBody),
            _ => continue,
        };
        // With brackets it would be a list or an object of texts.
        if name.contains(['[', ']']) {
            return Err(Violation::InvalidBody);
        }
        is_one = true;
        if place.replace(decode(value)?.into_owned()).is_some() {
            return Err(Violation::RepeatedParameter);
        }
    }
    request.operation_name = request.operation_name.filter(|name| !name.is_empty());
    request.variables = request.variables.filter(|json| !json.trim().is_empty());
    if request.variables.as_deref().is_some_and(|json| plan::strict(json).is_err()) {
        return Err(Violation::InvalidBody);
    }
    Ok(is_one.then_some(request))
}

fn raw<S: serde::Serializer>(json: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let raw = json.clone().map(RawValue::from_string).transpose().map_err(serde::ser::Error::custom)?;
    raw.serialize(serializer)
}

impl Envelope {
    /// One request, as by POST.
    pub(crate) fn of(request: Request) -> Self {
        Self { requests: vec![request], is_batch: false, may_change: true }
    }

    /// The legacy scopes any of which admits the request.
    pub(crate) fn scopes(&self) -> ScopeSet {
        let reads = |request: &Request| request.query.as_deref().is_none_or(operations::only_queries);
        let scopes: &[Scope] = match self.requests.iter().all(reads) {
            true => &[Scope::Api, Scope::ReadApi],
            false => &[Scope::Api],
        };
        scopes.iter().copied().collect()
    }

    /// The request as the instance or the control plane gets it: as JSON, with nothing in it but what was read.
    ///
    /// # Errors
    ///
    /// Never: what was read can be written.
    pub(crate) fn write(&self, received: &mut Received) -> Result<Bytes, Violation> {
        let body = match self.requests.as_slice() {
            [request] if !self.is_batch => serde_json::to_vec(request),
            requests => serde_json::to_vec(requests),
        };
        let body = Bytes::from(body.map_err(|_| Violation::InvalidBody)?);
        post(received, &body);
        Ok(body)
    }
}

/// Makes the head of a request that of one with this JSON body.
pub(crate) fn post(received: &mut Received, body: &Bytes) {
    received.body = Payload::Empty;
    received.method = Method::Post;
    let head = &mut received.head;
    head.method = http::Method::POST;
    head.uri = Uri::from_static("/api/graphql");
    head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
}

#[cfg(test)]
mod tests;
