//! `POST /users/:user_id/impersonation_tokens`

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use http::header::CACHE_CONTROL;

use super::user;
use crate::authority::{self, Actor};
use crate::caller::Caller;
use crate::personal_tokens::create::read;
use crate::state::ApiState;
use crate::wire::{Params, Problem, TokenBody};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Path(user_id): Path<String>,
    params: Params,
) -> Result<Response, Problem> {
    let user = user(&state, &caller, &user_id).await?;
    let new = read(user, params)?;
    let created = authority::create_impersonation(&state, Actor::Caller(&caller), &new).await?;
    let body = TokenBody::created(&created.token, &created.plain, state.store.now());
    let body = body.of_impersonation(&created.token);
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
