//! Archives, streamed from `git archive`.

use std::process::Stdio;

use ::http::{HeaderValue, header};
use axum::body::Body;
use axum::extract::Path;
use axum::response::Response;
use futures_util::StreamExt as _;
use tokio_util::io::ReaderStream;

use super::open::Opened;
use crate::http::{ApiError, Call, Reply};

pub(super) async fn tar_gz(Path(id): Path<String>, call: Call) -> Reply {
    archive(&id, &call, "tar.gz", "application/x-gzip").await
}

pub(super) async fn tar(Path(id): Path<String>, call: Call) -> Reply {
    archive(&id, &call, "tar", "application/octet-stream").await
}

pub(super) async fn zip(Path(id): Path<String>, call: Call) -> Reply {
    archive(&id, &call, "zip", "application/zip").await
}

async fn archive(id: &str, call: &Call, format: &str, kind: &'static str) -> Reply {
    let opened = Opened::read(call, id).await?;
    let commit = opened.commit_of(call, "sha").await.ok_or_else(|| ApiError::not_found("File"))?;
    let name = format!("{}-{commit}", opened.project.path);
    let mut command = opened.git().command(&opened.directory);
    command.args(["archive", &format!("--format={format}"), &format!("--prefix={name}/"), &commit]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let stdout = child.stdout.take().ok_or_else(|| ApiError::internal(&"`git archive` has no output"))?;
    let chunks = ReaderStream::with_capacity(stdout, 64 * 1024).map(move |chunk| {
        let _alive = &child;
        chunk
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{format}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
