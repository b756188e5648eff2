//! `GET /api/narrowgate/v1/audit/events`

use axum::extract::State;
use axum::{Extension, Json};
use narrowgate_store::audit::AuditFilter;
use narrowgate_store::time::Timestamp;
use narrowgate_store::{Page, TokenId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::view::EventView;
use crate::caller::Caller;
use crate::own::access;
use crate::own::input::Query;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

const DEFAULT_SIZE: u32 = 50;
const LARGEST_SIZE: u32 = 500;

/// Which events to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::own) struct ListQuery {
    /// Of this token.
    token_id: Option<u32>,
    /// With this action.
    action: Option<String>,
    /// By this user.
    user_id: Option<u32>,
    /// From then on.
    #[param(value_type = Option<String>, format = DateTime)]
    after: Option<String>,
    /// Until then.
    #[param(value_type = Option<String>, format = DateTime)]
    before: Option<String>,
    /// Which page.
    #[param(minimum = 1)]
    page: Option<u32>,
    /// How many events a page holds.
    #[param(minimum = 1, maximum = 500)]
    per_page: Option<u32>,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEventList)]
pub(in crate::own) struct EventList {
    /// The events, newest first.
    events: Vec<EventView>,
    /// How many there are on all pages; absent for very many.
    total: Option<u64>,
}

/// Lists events, newest first: what one did oneself; for administrators, all of the tenant.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/audit/events",
    operation_id = "listAuditEvents",
    tag = "audit",
    params(ListQuery),
    responses((status = 200, description = "A page of events", body = EventList))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<Json<EventList>, Problem> {
    access::person(&caller)?;
    let own = caller.connection.user_id;
    let user_id = match query.user_id.map(u64::from) {
        user_id if caller.is_administrator() => user_id,
        None => Some(own),
        Some(user_id) if user_id == own => Some(own),
        Some(_) => return Err(Problem::forbidden("only administrators see what others did")),
    };
    let filter = AuditFilter {
        tenant: caller.connection.tenant,
        token: query.token_id.map(|id| TokenId(id.into())),
        action: query.action,
        after: time(query.after.as_deref(), "after")?,
        before: time(query.before.as_deref(), "before")?,
        user_id,
    };
    let size = query.per_page.unwrap_or(DEFAULT_SIZE).clamp(1, LARGEST_SIZE);
    let page = Page::numbered(query.page.unwrap_or(1), size);
    let found = state.store().audit().list(&filter, page).await?;
    let events = found.items.iter().map(EventView::of).collect();
    Ok(Json(EventList { events, total: found.total }))
}

fn time(text: Option<&str>, name: &str) -> Result<Option<Timestamp>, Problem> {
    let time = text.map(Timestamp::parse).transpose();
    time.map_err(|error| Problem::unreadable(format!("{name}: {error}")))
}
