//! `DELETE /personal_access_tokens/:id`

use axum::Extension;
use axum::extract::{Path, State};
use http::StatusCode;

use super::token_id;
use crate::authority::{self, Actor};
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::Problem;

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    authority::revoke(&state, Actor::Caller(&caller), token_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
