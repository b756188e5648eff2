//! Directories and blobs.

use ::http::{HeaderValue, StatusCode, header};
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use serde_json::{Value, json};

use super::open::Opened;
use crate::http::{ApiError, Call, Reply, json as answer};

pub(super) async fn list(Path(id): Path<String>, call: Call) -> Reply {
    let opened = Opened::read(&call, &id).await?;
    let commit = opened.commit_of(&call, "ref").await.ok_or_else(|| ApiError::not_found("Tree"))?;
    let path = call.params.text("path").unwrap_or_default();
    let path = path.trim_matches('/');
    let tree = format!("{commit}:{path}");
    let mut args = vec!["ls-tree", "-z"];
    if call.params.flag("recursive") == Some(true) {
        args.extend(["-r", "-t"]);
    }
    args.push(&tree);
    let output =
        opened.text(&args).await.map_err(|_| ApiError::not_found("invalid revision or path Tree"))?;
    let mut entries: Vec<Value> = output.split('\0').filter_map(|line| entry(line, path)).collect();
    entries.sort_by_key(|entry| entry.get("type") != Some(&json!("tree")));
    call.page(entries)
}

/// `100644 blob <sha>\t<name>`.
fn entry(line: &str, directory: &str) -> Option<Value> {
    let (facts, name) = line.split_once('\t')?;
    let mut facts = facts.split(' ');
    let (mode, kind, sha) = (facts.next()?, facts.next()?, facts.next()?);
    let path = if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") };
    let name = name.rsplit('/').next()?;
    Some(json!({ "id": sha, "name": name, "type": kind, "path": path, "mode": mode }))
}

async fn content(call: &Call, id: &str, sha: &str) -> Result<Vec<u8>, ApiError> {
    let opened = Opened::read(call, id).await?;
    let missing = || ApiError::not_found("Blob");
    if sha.len() != 40 || !sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(missing());
    }
    opened.run(&["cat-file", "blob", sha]).await.map_err(|_| missing())
}

pub(super) async fn blob(Path((id, sha)): Path<(String, String)>, call: Call) -> Reply {
    let content = content(&call, &id, &sha).await?;
    let encoded = base64::engine::general_purpose::STANDARD.encode(&content);
    let body = json!({ "size": content.len(), "encoding": "base64", "content": encoded, "sha": sha });
    Ok(answer(StatusCode::OK, &body))
}

pub(super) async fn raw_blob(Path((id, sha)): Path<(String, String)>, call: Call) -> Reply {
    Ok(raw(content(&call, &id, &sha).await?))
}

/// A file's bytes as they are.
pub(crate) fn raw(content: Vec<u8>) -> Response {
    let mut response = Body::from(content).into_response();
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
