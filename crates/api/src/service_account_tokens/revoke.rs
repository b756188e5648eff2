//! `DELETE /groups/:id/service_accounts/:user_id/personal_access_tokens/:token_id` and the same of projects

use axum::Extension;
use axum::extract::{Path, State};
use http::StatusCode;

use super::account;
use crate::authority;
use crate::caller::Caller;
use crate::personal_tokens::token_id;
use crate::state::ApiState;
use crate::wire::{Here, Problem};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Here(place): Here,
    Path((_, user_id, id)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let account = account(&state, &caller, place, &user_id).await?;
    authority::revoke_for_service_account(&state, &caller, &account, token_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
