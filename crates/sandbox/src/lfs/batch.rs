//! Batches: where objects are to be fetched from or sent to.

use ::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::refusal::{LfsError, answer as reply};
use super::route::is_oid;
use crate::forge::Forge;
use crate::git::Action;
use crate::view::extend;

/// What a batch is for.
pub(super) fn action(body: &Value) -> Result<Action, LfsError> {
    match body.get("operation").and_then(Value::as_str) {
        Some("download") => Ok(Action::Download),
        Some("upload") => Ok(Action::Upload),
        _ => Err(LfsError::Status(StatusCode::NOT_FOUND, "Not found.")),
    }
}

/// Answers a batch. The request's own `Authorization` is handed back with each link, as GitLab does.
pub(super) fn answer(
    forge: &Forge,
    project: u64,
    action: Action,
    headers: &HeaderMap,
    body: &Value,
) -> Result<Response, LfsError> {
    let invalid = LfsError::Status(StatusCode::UNPROCESSABLE_ENTITY, "The objects are not valid.");
    let objects = body.get("objects").and_then(Value::as_array).ok_or(invalid)?;
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let world = forge.world();
    let path = world.projects.get(&project).map(|project| world.project_path(project)).unwrap_or_default();
    let base = format!("{}/{path}.git/gitlab-lfs/objects", forge.url());
    let described = objects.iter().map(|object| {
        let oid = object.get("oid").and_then(Value::as_str).unwrap_or_default();
        let size = object.get("size").and_then(Value::as_u64).unwrap_or_default();
        let known = world.lfs_objects.contains(&(project, oid.to_owned()));
        describe(&base, oid, size, action, known, authorization)
    });
    let objects: Vec<Value> = described.collect();
    Ok(reply(StatusCode::OK, &json!({ "objects": objects })))
}

fn describe(
    base: &str,
    oid: &str,
    size: u64,
    action: Action,
    known: bool,
    authorization: Option<&str>,
) -> Value {
    if !is_oid(oid) {
        return failed(oid, size, 422, "The object id is not valid");
    }
    match (action, known) {
        (Action::Download, false) => {
            let text = "Object does not exist on the server or you don't have permissions to access it";
            failed(oid, size, 404, text)
        }
        (Action::Upload, true) => json!({ "oid": oid, "size": size }),
        (Action::Download, true) => {
            let link = json!({ "href": format!("{base}/{oid}"), "header": authorized(authorization) });
            json!({ "oid": oid, "size": size, "actions": { "download": link }, "authenticated": true })
        }
        (Action::Upload, false) => {
            let mut header = authorized(authorization);
            let kind = json!({ "Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked" });
            extend(&mut header, kind);
            let link = json!({ "href": format!("{base}/{oid}/{size}"), "header": header });
            json!({ "oid": oid, "size": size, "actions": { "upload": link }, "authenticated": true })
        }
    }
}

fn authorized(authorization: Option<&str>) -> Value {
    authorization.map_or_else(|| json!({}), |value| json!({ "Authorization": value }))
}

fn failed(oid: &str, size: u64, code: u16, text: &str) -> Value {
    json!({ "oid": oid, "size": size, "error": { "code": code, "message": text } })
}
