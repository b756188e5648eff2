//! What the instance says of itself.

use ::http::StatusCode;
use axum::Router;
use axum::routing::get;
use serde_json::json;

use crate::forge::Forge;
use crate::http::{Call, Reply, json as answer};

/// The version of GitLab that the forge claims to be.
pub(crate) const VERSION: &str = "19.1.1-ee";
/// And its revision.
pub(crate) const REVISION: &str = "5b2c1d7a9e0";

pub(super) fn routes() -> Router<Forge> {
    Router::new().route("/version", get(version)).route("/metadata", get(metadata))
}

async fn version(call: Call) -> Reply {
    call.viewer.signed_in()?;
    Ok(answer(StatusCode::OK, &json!({ "version": VERSION, "revision": REVISION })))
}

async fn metadata(call: Call) -> Reply {
    call.viewer.signed_in()?;
    let body = json!({
        "version": VERSION,
        "revision": REVISION,
        "kas": { "enabled": false, "externalUrl": null, "externalK8sProxyUrl": null, "version": null },
        "enterprise": true,
    });
    Ok(answer(StatusCode::OK, &body))
}
