//! `GET /users/:user_id/impersonation_tokens/:impersonation_token_id`

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};

use super::user;
use crate::authority;
use crate::caller::Caller;
use crate::personal_tokens::token_id;
use crate::state::ApiState;
use crate::wire::{Problem, TokenBody};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Path((user_id, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let user = user(&state, &caller, &user_id).await?;
    let token = authority::show_impersonation(&state, &caller, &user, token_id(&id)?).await?;
    Ok(Json(TokenBody::shown(&token, state.store.now()).of_impersonation(&token)).into_response())
}
