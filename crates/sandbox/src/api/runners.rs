//! Runners of projects, groups and the instance.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::resource::set_fields;
use crate::forge::Forge;
use crate::http::{ApiError, Call, Need, Reply, created, deleted, json as answer};
use crate::world::{Container, Record, Shelf, World, is_named};

const EDITABLE: [&str; 8] = [
    "description",
    "paused",
    "tag_list",
    "run_untagged",
    "locked",
    "access_level",
    "maximum_timeout",
    "maintenance_note",
];

pub(super) fn routes() -> Router<Forge> {
    Router::new()
        .route("/runners", get(list))
        .route("/runners/all", get(all))
        .route("/runners/{id}", get(show).put(update).delete(remove))
        .route("/runners/{id}/jobs", get(jobs))
        .route("/user/runners", post(create))
        .route("/projects/{id}/runners", get(of_project))
        .route("/groups/{id}/runners", get(of_group))
}

/// Whether the viewer may manage what belongs to a container.
fn manages(call: &Call, world: &World, container: Container) -> bool {
    match container {
        Container::Project(id) => call.project(world, &id.to_string(), Need::Write(Role::Maintainer)).is_ok(),
        Container::Group(id) => call.group(world, &id.to_string(), Need::Write(Role::Maintainer)).is_ok(),
        Container::User(_) | Container::Instance => call.viewer.admin,
    }
}

/// A runner in a listing.
fn brief(record: &Record) -> Value {
    let fields = [
        "id",
        "description",
        "ip_address",
        "active",
        "paused",
        "is_shared",
        "runner_type",
        "name",
        "online",
        "created_at",
        "status",
    ];
    fields.into_iter().filter_map(|name| Some((name, record.get(name)?.clone()))).collect()
}

fn listing(call: &Call, keep: impl Fn(&World, Container) -> bool) -> Reply {
    call.viewer.signed_in()?;
    let kind = call.params.text("type");
    let runners = {
        let world = call.forge.world();
        let found = world.everywhere("runner").filter(|(shelf, record)| {
            keep(&world, shelf.container)
                && kind
                    .as_ref()
                    .is_none_or(|kind| record.get("runner_type").and_then(Value::as_str) == Some(kind))
        });
        found.map(|(_, record)| brief(record)).collect()
    };
    call.page(runners)
}

async fn list(call: Call) -> Reply {
    listing(&call, |world, container| container != Container::Instance && manages(&call, world, container))
}

async fn all(call: Call) -> Reply {
    call.viewer.administrator()?;
    listing(&call, |_, _| true)
}

async fn of_project(Path(id): Path<String>, call: Call) -> Reply {
    let project = call.project(&call.forge.world(), &id, Need::Read(Role::Maintainer))?;
    let above = call.forge.world().project_chain(&project);
    listing(&call, move |_, container| match container {
        Container::Project(id) => id == project.id,
        Container::Group(id) => above.contains(&id),
        Container::Instance => true,
        Container::User(_) => false,
    })
}

async fn of_group(Path(id): Path<String>, call: Call) -> Reply {
    let group = call.group(&call.forge.world(), &id, Need::Read(Role::Maintainer))?.id;
    listing(&call, move |_, container| {
        matches!(container, Container::Instance) || container == Container::Group(group)
    })
}

fn find(call: &Call, world: &World, id: &str) -> Result<(Shelf, Record), ApiError> {
    call.viewer.signed_in()?;
    let mut runners = world.everywhere("runner");
    let found = runners.find(|(_, record)| is_named(record, &["id"], id));
    let (shelf, record) = found.ok_or_else(|| ApiError::not_found("Runner"))?;
    if manages(call, world, shelf.container) {
        Ok((shelf, record.clone()))
    } else {
        Err(ApiError::forbidden())
    }
}

/// A runner by itself, with the projects and groups that it serves.
fn detail(call: &Call, world: &World, shelf: Shelf, record: &Record) -> Value {
    let mut record = record.clone();
    let url = call.forge.url();
    let (mut projects, mut groups) = (Vec::new(), Vec::new());
    match shelf.container {
        Container::Project(id) => projects.extend(world.projects.get(&id).map(|project| {
            json!({ "id": id, "name": project.name, "path": project.path, "path_with_namespace": world.project_path(project) })
        })),
        Container::Group(id) => groups.extend(world.groups.get(&id).map(|group| {
            json!({ "id": id, "name": group.name, "web_url": format!("{url}/groups/{}", world.group_path(id)) })
        })),
        Container::User(_) | Container::Instance => {}
    }
    record.insert("projects".to_owned(), Value::Array(projects));
    record.insert("groups".to_owned(), Value::Array(groups));
    Value::Object(record)
}

async fn show(Path(id): Path<String>, call: Call) -> Reply {
    let world = call.forge.world();
    let (shelf, record) = find(&call, &world, &id)?;
    Ok(answer(StatusCode::OK, &detail(&call, &world, shelf, &record)))
}

async fn jobs(Path(id): Path<String>, call: Call) -> Reply {
    find(&call, &call.forge.world(), &id)?;
    call.page(Vec::new())
}

async fn update(Path(id): Path<String>, call: Call) -> Reply {
    let mut world = call.forge.world();
    let (shelf, mut record) = find(&call, &world, &id)?;
    set_fields(&mut record, &EDITABLE, &call.params);
    if let Some(kept) = world.record_mut(shelf, &["id"], &id) {
        record.clone_into(kept);
    }
    Ok(answer(StatusCode::OK, &detail(&call, &world, shelf, &record)))
}

async fn remove(Path(id): Path<String>, call: Call) -> Reply {
    let mut world = call.forge.world();
    let (shelf, _) = find(&call, &world, &id)?;
    world.remove(shelf, &["id"], &id);
    Ok(deleted())
}

async fn create(call: Call) -> Reply {
    call.viewer.signed_in()?;
    let kind = call.params.required("runner_type")?;
    let number = |name: &str| {
        call.params.number(name).ok_or_else(|| ApiError::bad_parameter(&format!("{name} is missing")))
    };
    let owner = match kind.as_str() {
        "project_type" => Container::Project(number("project_id")?),
        "group_type" => Container::Group(number("group_id")?),
        "instance_type" => Container::Instance,
        _ => return Err(ApiError::bad_parameter("runner_type does not have a valid value")),
    };
    let mut world = call.forge.world();
    if !manages(&call, &world, owner) {
        return Err(ApiError::forbidden());
    }
    let about = call.params.text("description").unwrap_or_default();
    let id = world.add_runner(&kind, owner, &about, &call.now());
    let token = format!("glrt-{}", world.draw_secret(20));
    Ok(created(&json!({ "id": id, "token": token, "token_expires_at": null })))
}
