//! The server: HTTP/1.1 and HTTP/2 without TLS on one port.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::api;
use crate::forge::Forge;
use crate::git::{self, GitRequest};
use crate::graphql;
use crate::http::{ApiError, observe};
use crate::lfs::{self, LfsRequest};

/// How long requests in flight may take once the forge stops.
const PATIENCE: Duration = Duration::from_secs(3);

/// Accepts connections until the other end of `stopping` is dropped.
pub(crate) async fn run(listener: TcpListener, forge: Forge, mut stopping: watch::Receiver<()>) {
    let service = TowerToHyperService::new(router(forge));
    let server = Builder::new(TokioExecutor::new());
    let graceful = GracefulShutdown::new();
    let (end, ended) = watch::channel(());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.changed() => break,
        };
        let Ok((stream, _)) = accepted else {
            // Out of descriptors: connections that end will free some.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let connection = server.serve_connection(TokioIo::new(stream), service.clone());
        let connection = graceful.watch(connection.into_owned());
        tokio::spawn(until_ended(connection, ended.clone()));
    }
    drop(listener);
    if tokio::time::timeout(PATIENCE, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests in flight were given up");
    }
    drop(end);
}

/// Serves a connection until it closes or the forge has run out of patience.
async fn until_ended<E: std::fmt::Display>(
    connection: impl Future<Output = Result<(), E>>,
    mut ended: watch::Receiver<()>,
) {
    tokio::select! {
        outcome = connection => {
            if let Err(error) = outcome {
                tracing::debug!(error = %error, "connection ended early");
            }
        }
        _ = ended.changed() => {}
    }
}

fn router(forge: Forge) -> Router {
    Router::new()
        .nest("/api/v4", api::routes())
        .route("/api/graphql", get(graphql::endpoint).post(graphql::endpoint))
        .fallback(web)
        .layer(from_fn_with_state(forge.clone(), observe))
        .with_state(forge)
}

/// What lies outside the API: Git and LFS.
async fn web(State(forge): State<Forge>, request: Request) -> Response {
    let path = request.uri().path();
    if let Some(found) = GitRequest::parse(path) {
        if let Some(service) = found.service(request.method(), request.uri()) {
            return git::serve(forge, found, service, request).await;
        }
        if let Some(wanted) = LfsRequest::parse(request.method(), &found.below) {
            return lfs::serve(forge, &found.name, wanted, request).await;
        }
    }
    git::redirect_to_git(&forge, request.uri()).unwrap_or_else(|| ApiError::no_route().into_response())
}
