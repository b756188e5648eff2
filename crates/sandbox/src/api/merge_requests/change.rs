//! Changing and removing merge requests.

use ::http::StatusCode;
use axum::extract::Path;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::{find, keep, shelf};
use crate::api::issues::set_people_and_labels;
use crate::api::resource::set_fields;
use crate::http::{ApiError, Call, Need, Reply, deleted, json as answer};
use crate::world::{Record, World};

const EDITABLE: [&str; 5] = ["title", "description", "target_branch", "squash", "discussion_locked"];

fn is_author(call: &Call, request: &Record) -> bool {
    let author = request.get("author").and_then(|author| author.get("id")).and_then(Value::as_u64);
    author.is_some() && author == call.viewer.user
}

pub(super) async fn update(Path((id, iid)): Path<(String, String)>, call: Call) -> Reply {
    call.viewer.signed_in()?;
    let mut world = call.forge.world();
    let (project, mut request) = find(&call, &world, &id, &iid)?;
    if !is_author(&call, &request) {
        call.project(&world, &id, Need::Write(Role::Developer))?;
    }
    set_fields(&mut request, &EDITABLE, &call.params);
    set_people_and_labels(&call, &world, &mut request);
    set_state(&call, &world, &mut request);
    request.insert("updated_at".to_owned(), json!(call.now()));
    keep(&mut world, project.id, &iid, &request);
    Ok(answer(StatusCode::OK, &json!(request)))
}

fn set_state(call: &Call, world: &World, request: &mut Record) {
    let (state, at, by) = match call.params.text("state_event").as_deref() {
        Some("close") => ("closed", json!(call.now()), call.author(world)),
        Some("reopen") => ("opened", Value::Null, Value::Null),
        _ => return,
    };
    request.insert("state".to_owned(), json!(state));
    request.insert("closed_at".to_owned(), at);
    request.insert("closed_by".to_owned(), by);
}

pub(super) async fn remove(Path((id, iid)): Path<(String, String)>, call: Call) -> Reply {
    call.viewer.signed_in()?;
    let mut world = call.forge.world();
    let (project, _) = find(&call, &world, &id, &iid)?;
    if world.standing_in_project(call.viewer.user, &project).role < Role::Owner {
        return Err(ApiError::forbidden());
    }
    world.remove(shelf(project.id), &["iid"], &iid);
    Ok(deleted())
}
