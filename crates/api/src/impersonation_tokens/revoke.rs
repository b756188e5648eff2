//! `DELETE /users/:user_id/impersonation_tokens/:impersonation_token_id`

use axum::Extension;
use axum::extract::{Path, State};
use http::StatusCode;

use super::user;
use crate::authority;
use crate::caller::Caller;
use crate::personal_tokens::token_id;
use crate::state::ApiState;
use crate::wire::Problem;

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Path((user_id, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let user = user(&state, &caller, &user_id).await?;
    authority::revoke_impersonation(&state, &caller, &user, token_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
