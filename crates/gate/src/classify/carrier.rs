//! Endpoints that authenticate by other means: whether a request carries that other credential.

use narrowgate_catalog::{Carrier, Operation, OperationAccess};
use serde_json::Value;

use super::content::{Content, content};
use super::inspect::whole;
use super::names::Forbidden;
use crate::core::Core;
use crate::receive::query::{base_name, decode, pairs};
use crate::receive::{Payload, Received, Violation};

/// Whether the request carries one of the operation's own credentials.
///
/// # Errors
///
/// A body that has to be read for it and can't be.
pub(crate) async fn carries(
    core: &Core,
    received: &mut Received,
    operation: &Operation,
) -> Result<bool, Violation> {
    let OperationAccess::OtherCredential { carriers, .. } = &operation.access else {
        return Ok(false);
    };
    let has_header = carriers.iter().any(|carrier| match carrier {
        Carrier::Header(name) => received.head.headers.contains_key(name.as_str()),
        Carrier::Parameter(_) => false,
    });
    if has_header {
        return Ok(true);
    }
    let names: Vec<&str> = carriers.iter().filter_map(parameter).collect();
    if names.is_empty() {
        return Ok(false);
    }
    let in_query = has_parameter(received.head.uri.query().unwrap_or_default(), &names)?;
    if in_query { Ok(true) } else { in_body(core, received, &names).await }
}

fn parameter(carrier: &Carrier) -> Option<&str> {
    match carrier {
        Carrier::Header(_) => None,
        Carrier::Parameter(name) => Some(name),
    }
}

fn has_parameter(text: &str, names: &[&str]) -> Result<bool, Violation> {
    for (name, value) in pairs(text) {
        if names.contains(&base_name(&decode(name)?)) && !value.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn in_body(core: &Core, received: &mut Received, names: &[&str]) -> Result<bool, Violation> {
    let content = content(&received.head)?;
    if !matches!(content, Content::Form | Content::Json) {
        return Ok(false);
    }
    let payload = std::mem::replace(&mut received.body, Payload::Empty);
    let bytes = whole(core, payload).await?;
    received.body = Payload::Whole(bytes.clone());
    if content == Content::Form {
        let text = std::str::from_utf8(&bytes).map_err(|_| Violation::InvalidBody)?;
        return has_parameter(text, names);
    }
    let Ok(Value::Object(object)) = serde_json::from_slice::<Value>(&bytes) else {
        return Ok(false);
    };
    let plain = Forbidden::default();
    object.keys().try_for_each(|name| plain.check(name))?;
    Ok(names
        .iter()
        .any(|name| object.get(*name).and_then(Value::as_str).is_some_and(|text| !text.is_empty())))
}
