//! Pipelines.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::repository::Opened;
use crate::forge::Forge;
use crate::http::{ApiError, Call, Need, Reply, created, deleted, json as answer};
use crate::world::{Container, NewPipeline, Record, Shelf, World};

pub(super) fn routes() -> Router<Forge> {
    let one = "/projects/{id}/pipelines/{pipeline}";
    Router::new()
        .route("/projects/{id}/pipelines", get(list))
        .route("/projects/{id}/pipeline", post(create))
        .route(one, get(show).delete(remove))
        .route(&format!("{one}/jobs"), get(jobs))
        .route(&format!("{one}/retry"), post(retry))
        .route(&format!("{one}/cancel"), post(cancel))
}

fn shelf(project: u64) -> Shelf {
    Shelf::new("pipeline", Container::Project(project))
}

fn find(call: &Call, world: &World, id: &str, pipeline: &str, need: Need) -> Result<(u64, Record), ApiError> {
    let project = call.project(world, id, need)?.id;
    let found = world.record(shelf(project), &["id"], pipeline);
    Ok((project, found.ok_or_else(|| ApiError::not_found("Pipeline"))?.clone()))
}

async fn list(Path(id): Path<String>, call: Call) -> Reply {
    let mut pipelines: Vec<Value> = {
        let world = call.forge.world();
        let project = call.project(&world, &id, Need::Read(Role::Reporter))?.id;
        let wanted = |it: &&Record, name: &str| {
            call.params
                .text(name)
                .is_none_or(|text| it.get(name).and_then(Value::as_str) == Some(text.as_str()))
        };
        let found = world.shelf(shelf(project)).iter();
        found
            .filter(|it| ["status", "ref", "sha", "source"].iter().all(|name| wanted(it, name)))
            .map(|it| json!(it))
            .collect()
    };
    pipelines.reverse();
    call.page(pipelines)
}

async fn show(Path((id, pipeline)): Path<(String, String)>, call: Call) -> Reply {
    let (_, found) = find(&call, &call.forge.world(), &id, &pipeline, Need::Read(Role::Reporter))?;
    Ok(answer(StatusCode::OK, &json!(found)))
}

async fn create(Path(id): Path<String>, call: Call) -> Reply {
    let reference = call.params.required("ref")?;
    let opened = Opened::write(&call, &id, "").await?;
    let missing = || ApiError::bad_request(json!({ "base": ["Reference not found"] }));
    let sha = opened.branch(&reference).await.ok_or_else(missing)?;
    let mut world = call.forge.world();
    let user = call.author(&world);
    let new = NewPipeline {
        project: opened.project.id,
        reference,
        sha,
        source: "api",
        user,
        at: call.now(),
        url: call.forge.url().to_owned(),
    };
    Ok(created(&json!(world.add_pipeline(&new))))
}

async fn remove(Path((id, pipeline)): Path<(String, String)>, call: Call) -> Reply {
    let mut world = call.forge.world();
    let (project, _) = find(&call, &world, &id, &pipeline, Need::Write(Role::Owner))?;
    world.remove(shelf(project), &["id"], &pipeline);
    Ok(deleted())
}

async fn jobs(Path((id, pipeline)): Path<(String, String)>, call: Call) -> Reply {
    let jobs = {
        let world = call.forge.world();
        let (project, found) = find(&call, &world, &id, &pipeline, Need::Read(Role::Reporter))?;
        let jobs = world.shelf(Shelf::new("job", Container::Project(project))).iter();
        jobs.filter(|job| job.get("pipeline").and_then(|it| it.get("id")) == found.get("id"))
            .map(|it| json!(it))
            .collect()
    };
    call.page(jobs)
}

async fn retry(path: Path<(String, String)>, call: Call) -> Reply {
    set_status(path, &call, "running")
}

async fn cancel(path: Path<(String, String)>, call: Call) -> Reply {
    set_status(path, &call, "canceled")
}

fn set_status(Path((id, pipeline)): Path<(String, String)>, call: &Call, status: &str) -> Reply {
    let mut world = call.forge.world();
    let (project, _) = find(call, &world, &id, &pipeline, Need::Write(Role::Developer))?;
    let found = world.record_mut(shelf(project), &["id"], &pipeline).ok_or_else(ApiError::missing)?;
    found.insert("status".to_owned(), json!(status));
    found.insert("updated_at".to_owned(), json!(call.now()));
    Ok(created(&json!(found)))
}
