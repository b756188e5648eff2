//! Prometheus metrics, on a listener of their own.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use crate::hint::Hint as _;

/// Histograms are drained this often, so that they don't grow between two scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

/// Upper bounds of the durations' buckets, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Starts to collect metrics and to serve them at `/metrics`.
///
/// # Errors
/// When the address is taken.
pub(crate) async fn serve(address: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address} for metrics"))
        .hint("take another address with `--metrics-listen`")?;
    let durations = Matcher::Suffix("_seconds".to_owned());
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(durations, &BUCKETS)
        .and_then(PrometheusBuilder::install_recorder)
        .context("cannot collect metrics")?;
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
