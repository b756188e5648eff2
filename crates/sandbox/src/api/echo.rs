//! What the forge has no state for: known endpoints answer with what arrived, unknown ones with 404.

use ::http::{Method, StatusCode};
use narrowgate_catalog::{Catalog, Match, Method as Verb, Operation, OperationAccess, Params, Role};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::http::{ApiError, Call, Need, Reply, json as answer, redact};

/// Answers a catalogued endpoint with an echo of the request.
pub(crate) async fn echo(call: Call) -> Reply {
    let path = call.path.strip_prefix("/api/v4").unwrap_or(&call.path);
    let verb = Verb::try_from(call.method.as_str()).map_err(|_| ApiError::no_route())?;
    let mut params = Params::default();
    let catalog = Catalog::embedded();
    let Match::Operation(operation) = catalog.classify(verb, path, &mut params) else {
        return Err(ApiError::no_route());
    };
    check_access(&call, catalog, operation, &params)?;
    let status = if call.method == Method::POST { StatusCode::CREATED } else { StatusCode::OK };
    Ok(answer(status, &json!({ "echo": description(&call, operation) })))
}

fn description(call: &Call, operation: &Operation) -> Value {
    let user =
        call.viewer.user.and_then(|id| call.forge.world().users.get(&id).map(|user| user.username.clone()));
    json!({
        "method": call.method.as_str(),
        "path": call.path,
        "template": operation.template,
        "query": redact(&call.query),
        "body": body(call),
        "credential": call.carriers.first(),
        "user": user,
    })
}

/// The body as JSON when it is JSON or a form, and else its length and digest.
fn body(call: &Call) -> Value {
    if call.digest.bytes == 0 {
        return Value::Null;
    }
    let kind = call.content_type.as_deref().unwrap_or_default();
    if kind.contains("json")
        && let Ok(value) = serde_json::from_slice(&call.body)
    {
        return without_secrets(value);
    }
    if kind.starts_with("application/x-www-form-urlencoded") {
        let pairs = form_urlencoded::parse(&call.body);
        let form: Map<String, Value> = pairs.map(|(name, value)| (name.into_owned(), value.into())).collect();
        return without_secrets(Value::Object(form));
    }
    json!({ "bytes": call.digest.bytes, "sha256": call.digest.sha256 })
}

fn without_secrets(mut body: Value) -> Value {
    for name in ["private_token", "access_token", "job_token"] {
        if let Some(value) = body.get_mut(name) {
            *value = json!("[redacted]");
        }
    }
    body
}

/// Holds the viewer to what can be said without knowing the endpoint: signed in, the project or group visible, and
/// for changes the catalogued role. The catalogue takes the higher role in doubt, so no more than developer is asked.
fn check_access(
    call: &Call,
    catalog: &Catalog,
    operation: &Operation,
    params: &Params<'_>,
) -> Result<(), ApiError> {
    if !matches!(operation.access, OperationAccess::Guarded { .. }) {
        return Ok(());
    }
    if !operation.public_read {
        call.viewer.signed_in()?;
    }
    let ids = operation.needs().iter().flat_map(|need| &need.permission_ids);
    let role = ids.map(|id| catalog.describe(*id).role).max().unwrap_or(Role::Guest).min(Role::Developer);
    let reads = matches!(call.method, Method::GET | Method::HEAD);
    let need = if reads { Need::Read(Role::Guest) } else { Need::Write(role) };
    let named = params.get(0).map(|id| percent_decode_str(id).decode_utf8_lossy().into_owned());
    let world = call.forge.world();
    match named {
        Some(id) if operation.template.starts_with("/projects/:") => {
            call.project(&world, &id, need).map(drop)
        }
        Some(id) if operation.template.starts_with("/groups/:") => call.group(&world, &id, need).map(drop),
        _ => Ok(()),
    }
}
