//! Prometheus metrics, on a listener of their own.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use crate::hint::Hint as _;

/// Histograms are drained this often, so that they don't grow between two scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts to collect metrics and to serve them at `/metrics`.
///
/// # Errors
/// When the address is taken.
pub(crate) async fn serve(address: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address} for metrics"))
        .hint("take another address with `--metrics-listen`")?;
    let handle = PrometheusBuilder::new().install_recorder().context("cannot collect metrics")?;
    tokio::spawn(keep_up(handle.clone()));
    let router = Router::new().route("/metrics", get(move || render(handle)));
    tracing::info!(address = %listener.local_addr()?, "serving metrics");
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(())
}

async fn keep_up(handle: PrometheusHandle) {
    let mut interval = tokio::time::interval(UPKEEP);
    loop {
        interval.tick().await;
        handle.run_upkeep();
    }
}

async fn render(handle: PrometheusHandle) -> ([(axum::http::HeaderName, &'static str); 1], String) {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render())
}
