//! Snippets of projects and users. Their content lies in repositories of their own.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::repository::check_path;
use super::resource::set_fields;
use crate::forge::Forge;
use crate::git::{Change, Commit, Repository};
use crate::http::{ApiError, Call, Need, Reply, created, deleted, json as answer};
use crate::world::{Container, Project, Record, Shelf, World, object};

const EDITABLE: [&str; 3] = ["title", "description", "visibility"];

pub(super) fn routes() -> Router<Forge> {
    Router::new()
        .route("/snippets", get(list_own).post(create_own))
        .route("/snippets/{snippet}", get(show_own).put(update_own).delete(remove_own))
        .route("/snippets/{snippet}/raw", get(raw_own))
        .route("/projects/{id}/snippets", get(list).post(create))
        .route("/projects/{id}/snippets/{snippet}", get(show).put(update).delete(remove))
        .route("/projects/{id}/snippets/{snippet}/raw", get(raw))
}

/// The shelf of a project's snippets, if the viewer may use them so.
fn in_project(call: &Call, id: &str, need: Need) -> Result<(Shelf, Project), ApiError> {
    let project = call.project(&call.forge.world(), id, need)?;
    Ok((Shelf::new("snippet", Container::Project(project.id)), project))
}

/// The shelf of a user's own snippets. Those of others are not found.
fn own(call: &Call) -> Result<Shelf, ApiError> {
    Ok(Shelf::new("snippet", Container::User(call.viewer.signed_in()?)))
}

fn find(world: &World, shelf: Shelf, snippet: &str) -> Result<Record, ApiError> {
    world.record(shelf, &["id"], snippet).cloned().ok_or_else(|| ApiError::not_found("Snippet"))
}

fn listing(call: &Call, shelf: Shelf) -> Reply {
    let snippets = call.forge.world().shelf(shelf).iter().rev().map(|record| json!(record)).collect();
    call.page(snippets)
}

async fn list(Path(id): Path<String>, call: Call) -> Reply {
    listing(&call, in_project(&call, &id, Need::Read(Role::Guest))?.0)
}

async fn list_own(call: Call) -> Reply {
    listing(&call, own(&call)?)
}

async fn show(Path((id, snippet)): Path<(String, String)>, call: Call) -> Reply {
    let (shelf, _) = in_project(&call, &id, Need::Read(Role::Guest))?;
    Ok(answer(StatusCode::OK, &json!(find(&call.forge.world(), shelf, &snippet)?)))
}

async fn show_own(Path(snippet): Path<String>, call: Call) -> Reply {
    let shelf = own(&call)?;
    Ok(answer(StatusCode::OK, &json!(find(&call.forge.world(), shelf, &snippet)?)))
}

async fn create(Path(id): Path<String>, call: Call) -> Reply {
    call.viewer.signed_in()?;
    let (shelf, project) = in_project(&call, &id, Need::Write(Role::Reporter))?;
    make(&call, shelf, Some(&project)).await
}

async fn create_own(call: Call) -> Reply {
    let shelf = own(&call)?;
    make(&call, shelf, None).await
}

/// The first file of a request: from `files`, or from the older `file_name` and `content`.
fn file(call: &Call) -> Result<(String, String), ApiError> {
    let first = call.params.get("files").and_then(|files| files.get(0));
    let text = |name: &str| first.and_then(|file| file.get(name)).and_then(Value::as_str).map(str::to_owned);
    let name = text("file_path").or_else(|| call.params.text("file_name"));
    let content = text("content").or_else(|| call.params.text("content"));
    let missing =
        || ApiError::bad_parameter("file_name, files are missing, exactly one parameter must be provided");
    let (name, content) = name.zip(content).ok_or_else(missing)?;
    check_path(&name)?;
    Ok((name, content))
}

async fn make(call: &Call, shelf: Shelf, project: Option<&Project>) -> Reply {
    call.params.required("title")?;
    let (file_name, content) = file(call)?;
    let (id, snippet) = {
        let mut world = call.forge.world();
        let id = world.next_id("snippet");
        let mut snippet = draft(call, &world, id, project, &file_name);
        set_fields(&mut snippet, &EDITABLE, &call.params);
        world.put(shelf, snippet.clone());
        (id, snippet)
    };
    write(call, id, file_name, content).await?;
    Ok(created(&json!(snippet)))
}

fn draft(call: &Call, world: &World, id: u64, project: Option<&Project>, file_name: &str) -> Record {
    let url = call.forge.url();
    let place = project.map(|project| world.project_path(project));
    let page = match &place {
        Some(path) => format!("{url}/{path}/-/snippets/{id}"),
        None => format!("{url}/-/snippets/{id}"),
    };
    let repository = match &place {
        Some(path) => format!("{url}/{path}/snippets/{id}.git"),
        None => format!("{url}/snippets/{id}.git"),
    };
    object(json!({
        "id": id,
        "title": "",
        "description": null,
        "visibility": "private",
        "author": call.author(world),
        "created_at": call.now(),
        "updated_at": call.now(),
        "project_id": project.map(|project| project.id),
        "web_url": page,
        "raw_url": format!("{page}/raw"),
        "http_url_to_repo": repository,
        "file_name": file_name,
        "files": [{ "path": file_name, "raw_url": format!("{page}/raw/main/{file_name}") }],
        "imported": false,
        "imported_from": "none",
    }))
}

/// Writes the snippet's file into its repository.
async fn write(call: &Call, id: u64, path: String, content: String) -> Result<(), ApiError> {
    let directory = call.forge.repository(Repository::Snippet(id)).await?;
    let git = &call.forge.repositories().git;
    let (name, email) = super::repository::person(call);
    let commit = Commit {
        branch: "main".to_owned(),
        parent: git.line(&directory, &["rev-parse", "--verify", "--quiet", "refs/heads/main"]).await.ok(),
        message: format!("Update {path}"),
        name,
        email,
        at: call.forge.now(),
        changes: vec![Change::Write { path, content: content.into_bytes() }],
    };
    commit.make(git, &directory).await?;
    Ok(())
}

async fn update(Path((id, snippet)): Path<(String, String)>, call: Call) -> Reply {
    call.viewer.signed_in()?;
    let (shelf, _) = in_project(&call, &id, Need::Write(Role::Reporter))?;
    change(&call, shelf, &snippet).await
}

async fn update_own(Path(snippet): Path<String>, call: Call) -> Reply {
    let shelf = own(&call)?;
    change(&call, shelf, &snippet).await
}

async fn change(call: &Call, shelf: Shelf, snippet: &str) -> Reply {
    let record = {
        let mut world = call.forge.world();
        check_author(call, &world, shelf, snippet)?;
        let record = world.record_mut(shelf, &["id"], snippet).ok_or_else(ApiError::missing)?;
        set_fields(record, &EDITABLE, &call.params);
        record.insert("updated_at".to_owned(), json!(call.now()));
        record.clone()
    };
    if call.params.get("content").is_some() || call.params.get("files").is_some() {
        let (path, content) = file(call)?;
        write(call, number(&record), path, content).await?;
    }
    Ok(answer(StatusCode::OK, &json!(record)))
}

fn number(record: &Record) -> u64 {
    record.get("id").and_then(Value::as_u64).unwrap_or_default()
}

/// A snippet is changed by its author, or in a project by maintainers.
fn check_author(call: &Call, world: &World, shelf: Shelf, snippet: &str) -> Result<(), ApiError> {
    let record = find(world, shelf, snippet)?;
    let author = record.get("author").and_then(|author| author.get("id")).and_then(Value::as_u64);
    match shelf.container {
        Container::Project(id) if author != call.viewer.user => {
            call.project(world, &id.to_string(), Need::Write(Role::Maintainer)).map(drop)
        }
        _ => Ok(()),
    }
}

async fn remove(Path((id, snippet)): Path<(String, String)>, call: Call) -> Reply {
    call.viewer.signed_in()?;
    let (shelf, _) = in_project(&call, &id, Need::Write(Role::Reporter))?;
    discard(&call, shelf, &snippet)
}

async fn remove_own(Path(snippet): Path<String>, call: Call) -> Reply {
    let shelf = own(&call)?;
    discard(&call, shelf, &snippet)
}

fn discard(call: &Call, shelf: Shelf, snippet: &str) -> Reply {
    let mut world = call.forge.world();
    check_author(call, &world, shelf, snippet)?;
    world.remove(shelf, &["id"], snippet);
    Ok(deleted())
}

async fn raw(Path((id, snippet)): Path<(String, String)>, call: Call) -> Reply {
    let (shelf, _) = in_project(&call, &id, Need::Read(Role::Guest))?;
    content(&call, shelf, &snippet).await
}

async fn raw_own(Path(snippet): Path<String>, call: Call) -> Reply {
    let shelf = own(&call)?;
    content(&call, shelf, &snippet).await
}

async fn content(call: &Call, shelf: Shelf, snippet: &str) -> Reply {
    let record = find(&call.forge.world(), shelf, snippet)?;
    let directory = call.forge.repository(Repository::Snippet(number(&record))).await?;
    let file = record.get("file_name").and_then(Value::as_str).unwrap_or_default();
    let blob = format!("refs/heads/main:{file}");
    let content = call.forge.repositories().git.run(&directory, &["cat-file", "blob", &blob]).await;
    Ok(super::repository::raw(content.map_err(|_| ApiError::not_found("Snippet"))?))
}
