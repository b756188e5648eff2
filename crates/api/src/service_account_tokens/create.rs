//! `POST /groups/:id/service_accounts/:user_id/personal_access_tokens` and the same of projects

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use http::header::CACHE_CONTROL;

use super::account;
use crate::authority;
use crate::caller::Caller;
use crate::personal_tokens::create::read;
use crate::state::ApiState;
use crate::wire::{Here, Params, Problem, TokenBody};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Here(place): Here,
    Path((_, user_id)): Path<(String, String)>,
    params: Params,
) -> Result<Response, Problem> {
    let account = account(&state, &caller, place, &user_id).await?;
    let new = read(Arc::clone(&account.connection), params)?;
    let created = authority::create_for_service_account(&state, &caller, &account, &new).await?;
    let body = TokenBody::created(&created.token, &created.plain, state.store.now());
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
