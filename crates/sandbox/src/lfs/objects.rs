//! Objects: streamed to and from disk, checked against their id on the way in.

use std::io;
use std::path::PathBuf;

use ::http::{HeaderValue, StatusCode, header};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use ring::digest::{Context, SHA256};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

use super::refusal::LfsError;
use crate::forge::Forge;
use crate::record::hex;

fn directory(forge: &Forge) -> PathBuf {
    forge.directory().join("lfs")
}

/// Sends an object of a project.
pub(super) async fn download(forge: &Forge, project: u64, oid: &str) -> Result<Response, LfsError> {
    if !forge.world().lfs_objects.contains(&(project, oid.to_owned())) {
        return Err(LfsError::Status(StatusCode::NOT_FOUND, "Not found."));
    }
    let file = File::open(directory(forge).join(oid)).await?;
    let length = file.metadata().await?.len();
    let mut response = Response::new(Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    Ok(response)
}

/// Takes an object in; what does not match its id and size is refused and not kept.
pub(super) async fn upload(
    forge: &Forge,
    project: u64,
    oid: &str,
    size: u64,
    body: Body,
) -> Result<Response, LfsError> {
    tokio::fs::create_dir_all(directory(forge)).await?;
    let serial = forge.world().next_id("lfs upload");
    let partial = directory(forge).join(format!("{oid}.{serial}"));
    let written = store(&partial, body).await;
    if !matches!(&written, Ok((digest, bytes)) if digest == oid && *bytes == size) {
        tokio::fs::remove_file(&partial).await?;
        written?;
        return Err(LfsError::Status(StatusCode::BAD_REQUEST, "SHA256 or size mismatch"));
    }
    tokio::fs::rename(&partial, directory(forge).join(oid)).await?;
    forge.world().lfs_objects.insert((project, oid.to_owned()));
    Ok(StatusCode::OK.into_response())
}

/// Writes a body to a file; its digest and length.
async fn store(path: &PathBuf, body: Body) -> io::Result<(String, u64)> {
    let mut file = File::create(path).await?;
    let mut context = Context::new(&SHA256);
    let mut bytes = 0;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(io::Error::other)?;
        context.update(&chunk);
        bytes += chunk.len() as u64;
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    Ok((hex(context.finish().as_ref()), bytes))
}
