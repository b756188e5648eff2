//! `POST /api/narrowgate/v1/tokens/bulk_revoke`

use axum::extract::State;
use axum::{Extension, Json};
use narrowgate_store::TokenId;
use narrowgate_store::time::Date;
use narrowgate_store::tokens::{Revocation, RevocationReason, TokenFilter};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::list::KindName;
use crate::caller::Caller;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::state::OwnState;
use crate::own::{access, record};

const MOST_IDS: usize = 1000;

/// Which tokens to revoke: those that pass all of what is given, of which at least one thing must be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkRevoke)]
pub(in crate::own) struct BulkBody {
    /// With one of these ids.
    #[schema(max_items = 1000)]
    ids: Option<Vec<i64>>,
    /// Acting as this user.
    user_id: Option<u32>,
    /// Of this kind.
    kind: Option<KindName>,
    /// With this permission in a grant.
    permission: Option<String>,
    /// Made before that day.
    #[schema(value_type = Option<String>, format = Date)]
    created_before: Option<String>,
    /// Neither made nor used since that day.
    #[schema(value_type = Option<String>, format = Date)]
    unused_since: Option<String>,
    /// With this in the name.
    search: Option<String>,
    /// Whether to say only how many would be revoked.
    #[serde(default)]
    dry_run: bool,
}

/// What was revoked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkRevoked)]
pub(in crate::own) struct BulkView {
    /// The tokens that were revoked; in a dry run, none.
    revoked: Vec<i64>,
    /// How many were, or in a dry run would be, revoked; in a dry run, absent for more than ten thousand.
    count: Option<u64>,
}

/// Revokes many tokens at once, all or none: one's own; for administrators, those of the instance.
#[utoipa::path(
    post,
    path = "/api/narrowgate/v1/tokens/bulk_revoke",
    operation_id = "bulkRevoke",
    tag = "tokens",
    request_body = BulkBody,
    responses((status = 200, description = "What was revoked", body = BulkView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Body(body): Body<BulkBody>,
) -> Result<Json<BulkView>, Problem> {
    access::person(&caller)?;
    let filter = filter(&state, &caller, &body)?;
    if body.dry_run {
        let page = narrowgate_store::Page { offset: 0, limit: 1 };
        let count = state.store().tokens().list(&filter, page).await?.total;
        return Ok(Json(BulkView { revoked: Vec::new(), count }));
    }
    let why = Revocation { at: state.now(), reason: RevocationReason::Bulk };
    let revoked = state.store().tokens().revoke_many(&filter, why).await?;
    if !revoked.is_empty() {
        record(&state, &caller, &revoked).await?;
    }
    let count = Some(revoked.len() as u64);
    Ok(Json(BulkView { revoked: revoked.into_iter().map(|id| id.0).collect(), count }))
}

/// One event for each token, so that each token's own history tells of it.
async fn record(state: &OwnState, caller: &Caller, revoked: &[TokenId]) -> Result<(), Problem> {
    let events: Vec<_> = revoked
        .iter()
        .map(|id| narrowgate_store::audit::AuditEvent {
            token: Some(*id),
            ..record::event(
                state,
                caller,
                "token.revoked",
                json!({ "reason": "bulk", "count": revoked.len() }),
            )
        })
        .collect();
    record::append(state, &events).await
}

fn filter(state: &OwnState, caller: &Caller, body: &BulkBody) -> Result<TokenFilter, Problem> {
    let ids = body.ids.clone().unwrap_or_default();
    if ids.len() > MOST_IDS {
        return Err(Problem::invalid(format!("more than {MOST_IDS} ids")));
    }
    // An empty list of ids means none, and not every token.
    if body.ids.as_ref().is_some_and(Vec::is_empty) || !body.names_something() {
        return Err(Problem::invalid("say which tokens to revoke"));
    }
    if let Some(name) = body.permission.as_ref().filter(|name| state.api.catalog.permission(name).is_none()) {
        return Err(Problem::invalid(format!("there is no permission `{name}`")));
    }
    let mine = &caller.connection;
    let is_administrator = caller.is_administrator();
    Ok(TokenFilter {
        connection: (!is_administrator).then_some(mine.id),
        instance_url: is_administrator.then(|| mine.instance_url.clone()),
        user_id: body.user_id.map(u64::from),
        kind: body.kind.map(KindName::kind),
        permission: body.permission.clone(),
        created_before: day(body.created_before.as_deref(), "created_before")?.map(Date::midnight),
        unused_since: day(body.unused_since.as_deref(), "unused_since")?.map(Date::midnight),
        search: body.search.clone().filter(|text| !text.is_empty()),
        ids: ids.into_iter().map(TokenId).collect(),
        revoked: Some(false),
        ..TokenFilter::all(mine.tenant)
    })
}

fn day(text: Option<&str>, name: &str) -> Result<Option<Date>, Problem> {
    let day = text.map(Date::parse).transpose();
    day.map_err(|error| Problem::invalid(format!("{name}: {error}")))
}

impl BulkBody {
    fn names_something(&self) -> bool {
        self.ids.is_some()
            || self.user_id.is_some()
            || self.kind.is_some()
            || self.permission.is_some()
            || self.created_before.is_some()
            || self.unused_since.is_some()
            || self.search.as_ref().is_some_and(|text| !text.is_empty())
    }
}
