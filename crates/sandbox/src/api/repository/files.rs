//! Files of a repository.

use ::http::StatusCode;
use axum::extract::Path;
use base64::Engine as _;
use serde_json::{Value, json};

use super::open::Opened;
use super::push::{check_path, content, push};
use super::tree;
use crate::git::Change;
use crate::http::{ApiError, Call, Reply, created, deleted, json as answer};
use crate::record::BodyDigest;

fn missing() -> ApiError {
    ApiError::not_found("File")
}

/// The commit asked for, and the file's content at it.
async fn read(call: &Call, id: &str, path: &str) -> Result<(Opened, String, Vec<u8>), ApiError> {
    let opened = Opened::read(call, id).await?;
    let commit = opened.commit_of(call, "ref").await.ok_or_else(|| ApiError::not_found("Commit"))?;
    let content =
        opened.run(&["cat-file", "blob", &format!("{commit}:{path}")]).await.map_err(|_| missing())?;
    Ok((opened, commit, content))
}

pub(super) async fn show(Path((id, path)): Path<(String, String)>, call: Call) -> Reply {
    let (opened, commit, content) = read(&call, &id, &path).await?;
    let blob = opened.text(&["rev-parse", &format!("{commit}:{path}")]).await?;
    let last = opened.text(&["log", "-1", "--format=%H", &commit, "--", &path]).await?;
    let reference = call.params.text("ref").unwrap_or_else(|| opened.project.default_branch.clone());
    let body = json!({
        "file_name": path.rsplit('/').next(),
        "file_path": path,
        "size": content.len(),
        "encoding": "base64",
        "content_sha256": BodyDigest::of(&content).sha256,
        "ref": reference,
        "blob_id": blob.trim(),
        "commit_id": commit,
        "last_commit_id": last.trim(),
        "execute_filemode": false,
        "content": base64::engine::general_purpose::STANDARD.encode(&content),
    });
    Ok(answer(StatusCode::OK, &body))
}

pub(super) async fn raw(Path((id, path)): Path<(String, String)>, call: Call) -> Reply {
    let (_, _, content) = read(&call, &id, &path).await?;
    Ok(tree::raw(content))
}

/// Opens the repository to change a file, and tells whether the file is there already.
async fn open(call: &Call, id: &str, path: &str) -> Result<(Opened, bool), ApiError> {
    let branch = call.params.required("branch")?;
    check_path(path)?;
    let opened = Opened::write(call, id, &branch).await?;
    let base = match opened.branch(&branch).await {
        Some(tip) => Some(tip),
        None => opened.commit_of(call, "start_branch").await,
    };
    let exists = match base {
        Some(base) => opened.run(&["cat-file", "-e", &format!("{base}:{path}")]).await.is_ok(),
        None => false,
    };
    Ok((opened, exists))
}

fn written(call: &Call, path: &str) -> Value {
    json!({ "file_path": path, "branch": call.params.text("branch") })
}

fn write(call: &Call, path: &str) -> Result<Change, ApiError> {
    let content = content(call.params.get("content"), call.params.text("encoding").as_deref())?;
    Ok(Change::Write { path: path.to_owned(), content })
}

pub(super) async fn create(Path((id, path)): Path<(String, String)>, call: Call) -> Reply {
    let (opened, exists) = open(&call, &id, &path).await?;
    if exists {
        return Err(ApiError::bad_request("A file with this name already exists"));
    }
    push(&call, &opened, vec![write(&call, &path)?]).await?;
    Ok(created(&written(&call, &path)))
}

pub(super) async fn update(Path((id, path)): Path<(String, String)>, call: Call) -> Reply {
    let (opened, exists) = open(&call, &id, &path).await?;
    if !exists {
        return Err(ApiError::bad_request("A file with this name doesn't exist"));
    }
    push(&call, &opened, vec![write(&call, &path)?]).await?;
    Ok(answer(StatusCode::OK, &written(&call, &path)))
}

pub(super) async fn remove(Path((id, path)): Path<(String, String)>, call: Call) -> Reply {
    let (opened, exists) = open(&call, &id, &path).await?;
    if !exists {
        return Err(ApiError::bad_request("A file with this name doesn't exist"));
    }
    push(&call, &opened, vec![Change::Delete { path }]).await?;
    Ok(deleted())
}
