//! `DELETE /api/narrowgate/v1/projects/{id}/job_tokens/{job_id}`

use axum::Extension;
use axum::extract::{Path, State};
use http::StatusCode;
use narrowgate_store::audit::AuditEvent;
use narrowgate_store::tokens::{JobRef, Revocation, RevocationReason, TokenFilter};
use serde_json::json;

use crate::caller::Caller;
use crate::own::input::number;
use crate::own::problem::Problem;
use crate::own::state::OwnState;
use crate::own::{places, record};

/// Ends the tokens of a job, because the job ended. It is no error if there are none any more.
#[utoipa::path(
    delete,
    path = "/api/narrowgate/v1/projects/{id}/job_tokens/{job_id}",
    operation_id = "endJobToken",
    tag = "job tokens",
    params(
        ("id" = String, Path, description = "The job's project, by number or path"),
        ("job_id" = i64, Path, description = "The job", minimum = 1)
    ),
    responses((status = 204, description = "The job has no token any more"))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path((id, job_id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let job_id = number(&job_id, "job_id")?.unsigned_abs();
    let project = places::project(&state, &caller.connection, &id).await?;
    let mine = &caller.connection;
    let filter = TokenFilter {
        instance_url: Some(mine.instance_url.clone()),
        job: Some(JobRef { project_id: project.id, job_id }),
        revoked: Some(false),
        ..TokenFilter::all(mine.tenant)
    };
    let why = Revocation { at: state.now(), reason: RevocationReason::JobEnded };
    let ended = state.store().tokens().revoke_many(&filter, why).await?;
    let event = |id| AuditEvent {
        token: Some(id),
        ..record::event(&state, &caller, "token.revoked", json!({ "reason": "job_ended", "job_id": job_id }))
    };
    if !ended.is_empty() {
        record::append(&state, &ended.into_iter().map(event).collect::<Vec<_>>()).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
