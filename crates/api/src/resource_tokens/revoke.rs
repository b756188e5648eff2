//! `DELETE /projects/:id/access_tokens/:token_id` and the same of groups

use axum::Extension;
use axum::extract::{Path, State};
use http::StatusCode;

use crate::authority;
use crate::caller::Caller;
use crate::personal_tokens::token_id;
use crate::state::ApiState;
use crate::wire::{Here, Problem};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Here(place): Here,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    authority::revoke_for_resource(&state, &caller, &place, token_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
