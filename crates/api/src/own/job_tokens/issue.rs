//! `POST /api/narrowgate/v1/projects/{id}/job_tokens`

use std::time::Duration;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use narrowgate_gitlab::Reference;
use narrowgate_store::connections::Connection;
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::{JobRef, NewToken, Revocation, TokenKind, TokenPrivileges};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::state::OwnState;
use crate::own::{places, record};

const DEFAULT_TIMEOUT: u64 = 3600;

/// The job that wants a token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewJobToken)]
pub(in crate::own) struct IssueBody {
    /// The job's id in the CI system; one token lives for each.
    #[schema(minimum = 1)]
    job_id: u32,
    /// The user who triggered the job. The token acts as this user, who must be connected and a member of the project.
    #[schema(minimum = 1)]
    user_id: u32,
    /// After how many seconds the token ends, if nobody ends it before; an hour if absent.
    #[schema(minimum = 1)]
    timeout_seconds: Option<u32>,
}

/// A job's token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobToken)]
pub(in crate::own) struct IssuedView {
    /// Its id.
    id: i64,
    /// Its text, shown this one time.
    token: String,
    /// The job's project.
    project_id: u64,
    /// The job.
    job_id: u64,
    /// The user it acts as.
    user_id: u64,
    /// When it ends at the latest.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
}

/// Issues the token of a job. For CI systems: their token needs `create_ci_job_token` on the job's project.
#[utoipa::path(
    post,
    path = "/api/narrowgate/v1/projects/{id}/job_tokens",
    operation_id = "issueJobToken",
    tag = "job tokens",
    params(("id" = String, Path, description = "The job's project, by number or path")),
    request_body = IssueBody,
    responses((status = 201, description = "The job's token", body = IssuedView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Body(body): Body<IssueBody>,
) -> Result<(StatusCode, [(http::HeaderName, &'static str); 1], Json<IssuedView>), Problem> {
    if caller.token.as_ref().is_some_and(|token| token.kind == TokenKind::Job) {
        return Err(Problem::forbidden("a job's token makes no others"));
    }
    let project = places::project(&state, &caller.connection, &id).await?;
    let ends_at = ends_at(&state, &body)?;
    let user = user(&state, &caller, project.id, body.user_id.into()).await?;
    let job = JobRef { project_id: project.id, job_id: body.job_id.into() };
    let plain = state.api.mint_with(state.api.config.prefixes.job());
    let new = NewToken {
        ends_at: Some(ends_at),
        job: Some(job),
        created_by: Some(caller.user_id()),
        ..NewToken::new(
            &user,
            TokenKind::Job,
            plain.digest(),
            format!("job {} of project {}", job.job_id, job.project_id),
            TokenPrivileges::Job,
        )
    };
    let token = state.store().tokens().add(&new).await?;
    let details = json!({ "kind": "job", "project_id": job.project_id, "job_id": job.job_id,
        "owner_id": user.user_id, "ends_at": ends_at });
    let event = record::about(&state, &caller, "token.created", &token, details);
    if let Err(problem) = record::append(&state, &[event]).await {
        // A token that nobody knows of must not stay usable.
        state.store().tokens().revoke(token.id, Revocation::asked(state.now())).await?;
        return Err(problem);
    }
    let view = IssuedView {
        id: token.id.0,
        token: plain.expose().to_owned(),
        project_id: job.project_id,
        job_id: job.job_id,
        user_id: user.user_id,
        ends_at,
    };
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(view)))
}

fn ends_at(state: &OwnState, body: &IssueBody) -> Result<Timestamp, Problem> {
    let longest = state.config.longest_job;
    let wanted =
        Duration::from_secs(body.timeout_seconds.map_or(DEFAULT_TIMEOUT.min(longest.as_secs()), u64::from));
    if wanted.is_zero() || wanted > longest || body.job_id == 0 {
        let detail =
            format!("timeout_seconds must be between 1 and {}, and job_id positive", longest.as_secs());
        return Err(Problem::invalid(detail));
    }
    let micros = i64::try_from(wanted.as_micros()).unwrap_or(i64::MAX);
    Ok(Timestamp(state.now().0.saturating_add(micros)))
}

/// The connection of the job's user, who must be a member of the project.
async fn user(state: &OwnState, caller: &Caller, project: u64, user: u64) -> Result<Connection, Problem> {
    let mine = &caller.connection;
    let found = state.store().connections().find_by_user(mine.tenant, &mine.instance_url, user).await?;
    let unknown = || Problem::invalid("the user is not connected, or no member of the project");
    let user = found.ok_or_else(unknown)?;
    let seen = state.api.containers.project(&user, &Reference::Id(project)).await?;
    if seen.is_some_and(|project| project.role.is_some()) { Ok(user) } else { Err(unknown()) }
}
