//! `POST /personal_access_tokens/:id/rotate`

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::header::CACHE_CONTROL;
use narrowgate_store::TokenId;

use super::token_id;
use crate::authority::{self, Actor};
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{Params, Problem, TokenBody};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, Problem> {
    respond(&state, &caller, token_id(&id)?, params).await
}

/// Rotates one token and shows its successor.
pub(super) async fn respond(
    state: &ApiState,
    caller: &Caller,
    id: TokenId,
    mut params: Params,
) -> Result<Response, Problem> {
    let expires_at = params.expiry("expires_at");
    params.finish()?;
    let created = authority::rotate(state, Actor::Caller(caller), id, expires_at).await?;
    let body = TokenBody::rotated(&created.token, &created.plain, state.store.now());
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
