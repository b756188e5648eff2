//! `POST /projects/:id/access_tokens` and `POST /groups/:id/access_tokens`

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use narrowgate_catalog::Role;

use crate::authority::{self, Actor, NewResourceToken, Place};
use crate::caller::Caller;
use crate::personal_tokens::create::{Details, read_details};
use crate::state::ApiState;
use crate::wire::{Here, Params, Problem, TokenBody};

/// The roles that members can have, by access level.
const LEVELS: [Role; 7] = [
    Role::Guest,
    Role::Planner,
    Role::Reporter,
    Role::SecurityManager,
    Role::Developer,
    Role::Maintainer,
    Role::Owner,
];

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Here(place): Here,
    params: Params,
) -> Result<Response, Problem> {
    let new = read(&caller, place, params)?;
    let created = authority::create_for_resource(&state, Actor::Caller(&caller), &new).await?;
    let body = TokenBody::created(&created.token, &created.plain, state.store.now());
    let body = body.of_resource(&created.token);
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

fn read(caller: &Caller, place: Place, mut params: Params) -> Result<NewResourceToken, Problem> {
    let access_level = read_level(&mut params);
    let Details { name, description, expires_at, privileges } = read_details(params)?;
    Ok(NewResourceToken {
        creator: Arc::clone(&caller.connection),
        place,
        name,
        description,
        expires_at,
        privileges,
        access_level,
        conditions: None,
    })
}

fn read_level(params: &mut Params) -> Role {
    let Some(level) = params.number("access_level") else { return Role::Maintainer };
    let known = LEVELS.into_iter().find(|role| u64::from(role.access_level()) == level);
    if known.is_none() {
        params.complain("access_level does not have a valid value");
    }
    known.unwrap_or(Role::Guest)
}
