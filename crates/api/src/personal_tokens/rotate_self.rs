//! `POST /personal_access_tokens/self/rotate`

use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use super::{own_id, rotate};
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{Params, Problem};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    params: Params,
) -> Result<Response, Problem> {
    rotate::respond(&state, &caller, own_id(&caller)?, params).await
}
