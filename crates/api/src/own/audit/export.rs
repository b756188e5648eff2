//! `GET /api/narrowgate/v1/audit/export`

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use utoipa::IntoParams;

use super::view::EventView;
use crate::caller::Caller;
use crate::own::access;
use crate::own::input::Query;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

const DEFAULT_LIMIT: u32 = 1000;
const LARGEST_LIMIT: u32 = 10_000;

/// Which events to export.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::own) struct ExportQuery {
    /// Those after this place; the `id` of the last event of the export before.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// How many at most.
    #[param(minimum = 1, maximum = 10000)]
    limit: Option<u32>,
}

/// Exports events as JSON lines, oldest first.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/audit/export",
    operation_id = "exportAuditLog",
    tag = "audit",
    params(ExportQuery),
    responses((
        status = 200,
        description = "One event in each line",
        body = String,
        content_type = "application/x-ndjson"
    ))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Problem> {
    access::administrator(&caller)?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, LARGEST_LIMIT);
    let after = query.after.unwrap_or(0).max(0);
    let events = state.store().audit().since(caller.connection.tenant, after, limit).await?;
    let mut lines = String::new();
    for event in &events {
        // An event is made of texts, numbers and JSON, which always have a JSON form.
        lines.push_str(&serde_json::to_string(&EventView::of(event)).unwrap_or_default());
        lines.push('\n');
    }
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
}
