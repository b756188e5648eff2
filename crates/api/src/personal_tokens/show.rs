//! `GET /personal_access_tokens/:id`

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use narrowgate_store::TokenId;

use super::token_id;
use crate::authority::{self, Actor};
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{Problem, TokenBody};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    respond(&state, &caller, token_id(&id)?).await
}

/// Shows one token.
pub(super) async fn respond(state: &ApiState, caller: &Caller, id: TokenId) -> Result<Response, Problem> {
    let token = authority::show(state, Actor::Caller(caller), id).await?;
    Ok(Json(TokenBody::shown(&token, state.store.now())).into_response())
}
