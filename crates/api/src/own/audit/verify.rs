//! `GET /api/narrowgate/v1/audit/verify`

use axum::extract::State;
use axum::{Extension, Json};
use narrowgate_store::audit::{AuditHead, EventHash, Verification};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::caller::Caller;
use crate::own::access;
use crate::own::input::Query;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// A head that was kept elsewhere.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::own) struct VerifyQuery {
    /// The `id` of the head.
    #[param(minimum = 1)]
    head_id: Option<i64>,
    /// The `hash` of the head.
    #[param(pattern = "^[0-9a-f]{64}$")]
    head_hash: Option<String>,
}

/// What an examination of the log found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditVerification)]
pub(in crate::own) struct VerificationView {
    /// Whether every event is as it was written.
    intact: bool,
    /// How many events there are, in an intact log.
    count: Option<u64>,
    /// The end of an intact log: keep it elsewhere, and give it next time.
    head: Option<HeadView>,
    /// What is wrong.
    flaws: Vec<FlawView>,
}

/// The end of the log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditHead)]
pub(in crate::own) struct HeadView {
    /// The last event's place.
    id: i64,
    /// Its hash.
    hash: String,
}

/// An event that is not as it was written.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditFlaw)]
pub(in crate::own) struct FlawView {
    /// Its place.
    id: i64,
    /// What was done to it.
    what: &'static str,
}

/// Examines the whole log: whether events were changed, removed, put in or moved.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/audit/verify",
    operation_id = "verifyAuditLog",
    tag = "audit",
    params(VerifyQuery),
    responses((status = 200, description = "What was found", body = VerificationView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<VerifyQuery>,
) -> Result<Json<VerificationView>, Problem> {
    access::administrator(&caller)?;
    let kept = kept(&query)?;
    Ok(Json(match state.store().audit().verify(kept).await? {
        Verification::Intact { count, head } => VerificationView {
            intact: true,
            count: Some(count),
            head: Some(HeadView { id: head.id, hash: head.hash.to_string() }),
            flaws: Vec::new(),
        },
        Verification::Broken { flaws } => VerificationView {
            intact: false,
            count: None,
            head: None,
            flaws: flaws.iter().map(|flaw| FlawView { id: flaw.id, what: flaw.what.sentence() }).collect(),
        },
    }))
}

fn kept(query: &VerifyQuery) -> Result<Option<AuditHead>, Problem> {
    match (query.head_id, &query.head_hash) {
        (None, None) => Ok(None),
        (Some(id), Some(hash)) => {
            let hash = unhex(hash).ok_or_else(|| Problem::unreadable("head_hash is no hash"))?;
            Ok(Some(AuditHead { id, hash: EventHash(hash) }))
        }
        _ => Err(Problem::unreadable("head_id and head_hash belong together")),
    }
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
