//! `GET /projects/:id/access_tokens/:token_id` and the same of groups

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};

use crate::authority;
use crate::caller::Caller;
use crate::personal_tokens::token_id;
use crate::state::ApiState;
use crate::wire::{Here, Problem, TokenBody};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Here(place): Here,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let token = authority::show_for_resource(&state, &caller, &place, token_id(&id)?).await?;
    Ok(Json(TokenBody::shown(&token, state.store.now()).of_resource(&token)).into_response())
}
