//! File locks.

use ::http::StatusCode;
use axum::response::Response;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::refusal::{LfsError, answer};
use crate::forge::Forge;
use crate::http::{Viewer, iso};
use crate::world::{Container, Record, Shelf};

fn shelf(project: u64) -> Shelf {
    Shelf::new("lfs_lock", Container::Project(project))
}

fn owner_name(record: &Record) -> Option<&str> {
    record.get("owner")?.get("name")?.as_str()
}

fn viewer_name(forge: &Forge, viewer: &Viewer) -> String {
    let world = forge.world();
    viewer.user.and_then(|id| world.users.get(&id)).map(|user| user.username.clone()).unwrap_or_default()
}

/// Lists the locks of a project, by path or id where the query says so.
pub(super) fn list(forge: &Forge, project: u64, query: &str) -> Response {
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let (path, id) = (value("path"), value("id"));
    let is = |record: &Record, name: &str, wanted: &Option<String>| {
        wanted.as_ref().is_none_or(|wanted| record.get(name).and_then(Value::as_str) == Some(wanted))
    };
    let world = forge.world();
    let locks = world.shelf(shelf(project)).iter().filter(|it| is(it, "path", &path) && is(it, "id", &id));
    let locks: Vec<&Record> = locks.collect();
    answer(StatusCode::OK, &json!({ "locks": locks }))
}

/// Locks a path.
pub(super) fn create(
    forge: &Forge,
    project: u64,
    viewer: &Viewer,
    body: &Value,
) -> Result<Response, LfsError> {
    let invalid = LfsError::Status(StatusCode::UNPROCESSABLE_ENTITY, "The path is missing.");
    let path = body.get("path").and_then(Value::as_str).ok_or(invalid)?;
    let name = viewer_name(forge, viewer);
    let now = iso(forge.now());
    let mut world = forge.world();
    if let Some(lock) = world.record(shelf(project), &["path"], path) {
        let body = json!({ "lock": lock, "message": "already locked", "documentation_url": null });
        return Ok(answer(StatusCode::CONFLICT, &body));
    }
    let id = world.next_id("lfs_lock").to_string();
    let lock = json!({ "id": id, "path": path, "locked_at": now, "owner": { "name": name } });
    if let Value::Object(record) = lock.clone() {
        world.put(shelf(project), record);
    }
    Ok(answer(StatusCode::CREATED, &json!({ "lock": lock })))
}

/// The locks of a project, one's own apart from those of others.
pub(super) fn verify(forge: &Forge, project: u64, viewer: &Viewer) -> Response {
    let name = viewer_name(forge, viewer);
    let world = forge.world();
    let locks = world.shelf(shelf(project)).iter();
    let (ours, theirs): (Vec<&Record>, Vec<&Record>) =
        locks.partition(|it| owner_name(it) == Some(name.as_str()));
    answer(StatusCode::OK, &json!({ "ours": ours, "theirs": theirs }))
}

/// Unlocks a path: one's own, or with force and the role of a maintainer anyone's.
pub(super) fn unlock(
    forge: &Forge,
    project: u64,
    viewer: &Viewer,
    id: &str,
    body: &Value,
) -> Result<Response, LfsError> {
    let name = viewer_name(forge, viewer);
    let force = body.get("force").and_then(Value::as_bool).unwrap_or(false);
    let mut world = forge.world();
    let missing = || LfsError::Status(StatusCode::NOT_FOUND, "Not found.");
    let place = world.projects.get(&project).ok_or_else(missing)?;
    let may_force = force && world.standing_in_project(viewer.user, place).role >= Role::Maintainer;
    let lock = world.record(shelf(project), &["id"], id).ok_or_else(missing)?;
    if owner_name(lock) != Some(name.as_str()) && !may_force {
        return Err(LfsError::Status(
            StatusCode::FORBIDDEN,
            "You must have maintainer access to force delete a lock",
        ));
    }
    let lock = world.remove(shelf(project), &["id"], id);
    Ok(answer(StatusCode::OK, &json!({ "lock": lock })))
}
