//! `POST /projects/:id/access_tokens/:token_id/rotate` and the same of groups

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::header::CACHE_CONTROL;
use narrowgate_store::TokenId;

use crate::authority::{self, Place};
use crate::caller::Caller;
use crate::personal_tokens::token_id;
use crate::state::ApiState;
use crate::wire::{Here, Params, Problem, TokenBody};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Here(place): Here,
    Path((_, id)): Path<(String, String)>,
    params: Params,
) -> Result<Response, Problem> {
    respond(&state, &caller, &place, token_id(&id)?, params).await
}

/// Rotates one token and shows its successor.
pub(super) async fn respond(
    state: &ApiState,
    caller: &Caller,
    place: &Place,
    id: TokenId,
    mut params: Params,
) -> Result<Response, Problem> {
    let expires_at = params.expiry("expires_at");
    params.finish()?;
    let created = authority::rotate_for_resource(state, caller, place, id, expires_at).await?;
    let body = TokenBody::rotated(&created.token, &created.plain, state.store.now());
    Ok(([(CACHE_CONTROL, "no-store")], Json(body.of_resource(&created.token))).into_response())
}
