//! `POST /projects/:id/access_tokens/self/rotate` and the same of groups

use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use super::rotate;
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{Here, Params, Problem};

/// Only for tokens of the project or group itself.
pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Here(place): Here,
    params: Params,
) -> Result<Response, Problem> {
    let own = caller.token.as_ref().filter(|_| !caller.is_person());
    let own = own.ok_or_else(Problem::method_not_allowed)?;
    if own.resource != Some(place.resource) {
        return Err(Problem::unauthorized());
    }
    rotate::respond(&state, &caller, &place, own.id, params).await
}
