//! `GET /api/narrowgate/v1/projects/{id}/job_token_allowlist`

use axum::extract::{Path, State};
use axum::{Extension, Json};

use super::view::{AllowlistView, key};
use crate::caller::Caller;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// Shows what a project lets job tokens do.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/projects/{id}/job_token_allowlist",
    operation_id = "showAllowlist",
    tag = "job tokens",
    params(("id" = String, Path, description = "The project, by number or path")),
    responses((status = 200, description = "The allowlist", body = AllowlistView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<AllowlistView>, Problem> {
    let key = key(&state, &caller, &id).await?;
    let allowlist = state.store().allowlists().lookup(&key).await?;
    Ok(Json(AllowlistView::of(&key, &allowlist)))
}
