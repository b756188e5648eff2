//! Merge requests.

mod change;
mod create;
mod list;
mod merge;

use axum::Router;
use axum::routing::{get, put};
use narrowgate_catalog::Role;

use crate::forge::Forge;
use crate::http::{ApiError, Call, Need};
use crate::world::{Container, Project, Record, Shelf, World};

pub(super) fn routes() -> Router<Forge> {
    let one = "/projects/{id}/merge_requests/{iid}";
    Router::new()
        .route("/merge_requests", get(list::mine))
        .route("/groups/{id}/merge_requests", get(list::of_group))
        .route("/projects/{id}/merge_requests", get(list::list).post(create::create))
        .route(one, get(list::show).put(change::update).delete(change::remove))
        .route(&format!("{one}/merge"), put(merge::merge))
        .route(&format!("{one}/commits"), get(merge::commits))
        .route(&format!("{one}/changes"), get(merge::changes))
        .route(&format!("{one}/diffs"), get(merge::diffs))
}

fn shelf(project: u64) -> Shelf {
    Shelf::new("merge_request", Container::Project(project))
}

/// A merge request of a project that the viewer may read.
fn find(call: &Call, world: &World, id: &str, iid: &str) -> Result<(Project, Record), ApiError> {
    let project = call.project(world, id, Need::Read(Role::Reporter))?;
    let request = world.record(shelf(project.id), &["iid"], iid).ok_or_else(ApiError::missing)?.clone();
    Ok((project, request))
}

/// Puts a changed merge request back.
fn keep(world: &mut World, project: u64, iid: &str, changed: &Record) {
    if let Some(kept) = world.record_mut(shelf(project), &["iid"], iid) {
        changed.clone_into(kept);
    }
}

fn text<'r>(record: &'r Record, name: &str) -> &'r str {
    record.get(name).and_then(serde_json::Value::as_str).unwrap_or_default()
}
