//! `POST /groups/:id/service_accounts/:user_id/personal_access_tokens/:token_id/rotate` and the same of projects

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::header::CACHE_CONTROL;

use super::account;
use crate::authority;
use crate::caller::Caller;
use crate::personal_tokens::token_id;
use crate::state::ApiState;
use crate::wire::{Here, Params, Problem, TokenBody};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Here(place): Here,
    Path((_, user_id, id)): Path<(String, String, String)>,
    mut params: Params,
) -> Result<Response, Problem> {
    let account = account(&state, &caller, place, &user_id).await?;
    let expires_at = params.expiry("expires_at");
    params.finish()?;
    let id = token_id(&id)?;
    let created = authority::rotate_for_service_account(&state, &caller, &account, id, expires_at).await?;
    let body = TokenBody::rotated(&created.token, &created.plain, state.store.now());
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
