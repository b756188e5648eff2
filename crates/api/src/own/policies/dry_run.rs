//! `GET /api/narrowgate/v1/policies/dry_run`

use std::collections::BTreeMap;

use axum::extract::State;
use axum::{Extension, Json};
use narrowgate_store::Page;
use narrowgate_store::audit::{AuditFilter, RecordedEvent};
use narrowgate_store::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::caller::Caller;
use crate::own::access;
use crate::own::input::Query;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// The action under which the gate records what it would have refused.
const WOULD_DENY: &str = "request.would_deny";
/// How many events are read; the newest.
const MOST_EVENTS: u32 = 10_000;
/// How many rows are shown; the most frequent.
const MOST_ROWS: usize = 500;

/// Which events to report on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::own) struct ReportQuery {
    /// From that day on.
    #[param(value_type = Option<String>, format = Date)]
    since: Option<String>,
}

/// What a dry run would have refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DryRunReport)]
pub(in crate::own) struct ReportView {
    /// How many requests would have been refused, as far as was read.
    requests: u64,
    /// Whether there are older ones that were not read.
    truncated: bool,
    /// By token and permissions, the most frequent first.
    rows: Vec<RowView>,
}

/// Requests of one token for the same permissions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DryRunRow)]
pub(in crate::own) struct RowView {
    /// The token.
    token_id: Option<i64>,
    /// Why they would have been refused.
    reason: String,
    /// What the token lacks.
    permissions: Vec<String>,
    /// How many requests.
    requests: u64,
    /// The last of them.
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
}

/// Reports what would have been refused, had the policy's `fine_grained_only_from` not been a dry run.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/policies/dry_run",
    operation_id = "reportDryRun",
    tag = "policies",
    params(ReportQuery),
    responses((status = 200, description = "What would have been refused", body = ReportView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<ReportQuery>,
) -> Result<Json<ReportView>, Problem> {
    access::administrator(&caller)?;
    let since = query.since.as_deref().map(Date::parse).transpose();
    let since = since.map_err(|error| Problem::unreadable(format!("since: {error}")))?;
    let filter = AuditFilter {
        action: Some(WOULD_DENY.to_owned()),
        after: since.map(Date::midnight),
        ..AuditFilter::all(caller.connection.tenant)
    };
    let page = Page { offset: 0, limit: MOST_EVENTS };
    let events = state.store().audit().list(&filter, page).await?.items;
    Ok(Json(report(&events)))
}

/// Token, reason and permissions.
type Key = (Option<i64>, String, Vec<String>);

fn report(events: &[RecordedEvent]) -> ReportView {
    let mut rows: BTreeMap<Key, (u64, Timestamp)> = BTreeMap::new();
    for recorded in events {
        let event = &recorded.event;
        let reason = event.details.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned();
        let permissions = event.details.get("permissions").and_then(Value::as_array);
        let permissions = permissions.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        let key = (event.token.map(|id| id.0), reason, permissions.collect());
        let (count, last_at) = rows.entry(key).or_insert((0, event.at));
        *count += 1;
        *last_at = (*last_at).max(event.at);
    }
    let row = |((token_id, reason, permissions), (requests, last_at))| RowView {
        token_id,
        reason,
        permissions,
        requests,
        last_at,
    };
    let mut rows: Vec<_> = rows.into_iter().map(row).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.requests));
    rows.truncate(MOST_ROWS);
    let requests = events.len() as u64;
    ReportView { requests, truncated: requests >= u64::from(MOST_EVENTS), rows }
}
