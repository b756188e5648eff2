//! CI/CD jobs.

use ::http::{HeaderValue, StatusCode, header};
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::http::{ApiError, Call, Need, Reply, created, json as answer};
use crate::world::{Container, Record, Shelf, World};

pub(super) fn routes() -> Router<Forge> {
    let one = "/projects/{id}/jobs/{job}";
    Router::new()
        .route("/job", get(current))
        .route("/projects/{id}/jobs", get(list))
        .route(one, get(show))
        .route(&format!("{one}/trace"), get(trace))
        .route(&format!("{one}/retry"), post(retry))
        .route(&format!("{one}/cancel"), post(cancel))
        .route(&format!("{one}/play"), post(play))
        .route(&format!("{one}/erase"), post(erase))
}

fn shelf(project: u64) -> Shelf {
    Shelf::new("job", Container::Project(project))
}

fn find(call: &Call, world: &World, id: &str, job: &str, need: Need) -> Result<(u64, Record), ApiError> {
    let project = call.project(world, id, need)?.id;
    let found = world.record(shelf(project), &["id"], job);
    Ok((project, found.ok_or_else(ApiError::missing)?.clone()))
}

async fn list(Path(id): Path<String>, call: Call) -> Reply {
    let scope = call.params.list("scope");
    let mut jobs: Vec<Value> = {
        let world = call.forge.world();
        let project = call.project(&world, &id, Need::Read(Role::Reporter))?.id;
        let jobs = world.shelf(shelf(project)).iter();
        let status = |job: &Record| job.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
        jobs.filter(|job| scope.as_ref().is_none_or(|scope| scope.contains(&status(job))))
            .map(|job| json!(job))
            .collect()
    };
    jobs.reverse();
    call.page(jobs)
}

async fn show(Path((id, job)): Path<(String, String)>, call: Call) -> Reply {
    let (_, job) = find(&call, &call.forge.world(), &id, &job, Need::Read(Role::Reporter))?;
    Ok(answer(StatusCode::OK, &json!(job)))
}

/// The running job whose token came with the request.
async fn current(call: Call) -> Reply {
    let Some(key) = call.viewer.job else {
        call.viewer.signed_in()?;
        return Err(ApiError::not_found("Job"));
    };
    let world = call.forge.world();
    let job = world.running_job(key).ok_or_else(ApiError::unauthorized)?;
    Ok(answer(StatusCode::OK, &json!(job)))
}

async fn trace(Path((id, job)): Path<(String, String)>, call: Call) -> Reply {
    let (_, job) = find(&call, &call.forge.world(), &id, &job, Need::Read(Role::Reporter))?;
    let text = |name: &str| job.get(name).and_then(Value::as_str).unwrap_or_default();
    let trace = format!("$ cargo {}\nfinished with status {}\n", text("name"), text("status"));
    let mut response = Body::from(trace).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response)
}

/// Retrying makes a new job, as in GitLab.
async fn retry(Path((id, job)): Path<(String, String)>, call: Call) -> Reply {
    let mut world = call.forge.world();
    let (project, mut job) = find(&call, &world, &id, &job, Need::Write(Role::Developer))?;
    let number = world.next_id("job");
    let fields = [
        ("id", json!(number)),
        ("status", json!("pending")),
        ("created_at", json!(call.now())),
        ("started_at", Value::Null),
        ("finished_at", Value::Null),
    ];
    job.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    world.put(shelf(project), job.clone());
    Ok(created(&json!(job)))
}

async fn cancel(path: Path<(String, String)>, call: Call) -> Reply {
    set(path, &call, Role::Developer, "status", json!("canceled"))
}

async fn play(Path((id, job)): Path<(String, String)>, call: Call) -> Reply {
    let (_, found) = find(&call, &call.forge.world(), &id, &job, Need::Write(Role::Developer))?;
    if found.get("status") != Some(&json!("manual")) {
        return Err(ApiError::bad_request("400 Bad request - Unplayable Job"));
    }
    let reply = set(Path((id, job)), &call, Role::Developer, "status", json!("pending"))?;
    Ok((StatusCode::OK, reply.into_body()).into_response())
}

async fn erase(path: Path<(String, String)>, call: Call) -> Reply {
    let now = json!(call.now());
    set(path, &call, Role::Maintainer, "erased_at", now)
}

fn set(Path((id, job)): Path<(String, String)>, call: &Call, role: Role, field: &str, value: Value) -> Reply {
    let mut world = call.forge.world();
    let (project, _) = find(call, &world, &id, &job, Need::Write(role))?;
    let found = world.record_mut(shelf(project), &["id"], &job).ok_or_else(ApiError::missing)?;
    found.insert(field.to_owned(), value);
    Ok(created(&json!(found)))
}
