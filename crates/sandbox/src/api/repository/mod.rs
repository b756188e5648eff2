//! A project's repository: every answer comes from the bare repository itself.

mod archive;
mod branches;
mod commits;
mod files;
mod log;
mod open;
mod push;
mod tags;
mod tree;

use axum::Router;
use axum::routing::get;

use crate::forge::Forge;

pub(super) use commits::diffs;
pub(super) use log::log as log_of;
pub(super) use open::Opened;
pub(super) use push::{check_path, person};
pub(super) use tree::raw;

pub(super) fn routes() -> Router<Forge> {
    let base = "/projects/{id}/repository";
    let route = |path: &str| format!("{base}{path}");
    let files = get(files::show).post(files::create).put(files::update).delete(files::remove);
    Router::new()
        .route(&route("/tree"), get(tree::list))
        .route(&route("/blobs/{sha}"), get(tree::blob))
        .route(&route("/blobs/{sha}/raw"), get(tree::raw_blob))
        .route(&route("/branches"), get(branches::list).post(branches::create))
        .route(&route("/branches/{name}"), get(branches::show).delete(branches::remove))
        .route(&route("/tags"), get(tags::list).post(tags::create))
        .route(&route("/tags/{name}"), get(tags::show).delete(tags::remove))
        .route(&route("/commits"), get(commits::list).post(commits::create))
        .route(&route("/commits/{sha}"), get(commits::show))
        .route(&route("/commits/{sha}/diff"), get(commits::diff))
        .route(&route("/compare"), get(commits::compare))
        .route(&route("/files/{path}"), files)
        .route(&route("/files/{path}/raw"), get(files::raw))
        .route(&route("/archive"), get(archive::tar_gz))
        .route(&route("/archive.tar.gz"), get(archive::tar_gz))
        .route(&route("/archive.tar"), get(archive::tar))
        .route(&route("/archive.zip"), get(archive::zip))
}
