//! `POST /users/:user_id/personal_access_tokens`, for administrators

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{create, number};
use crate::authority::connection_of;
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{Params, Problem};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Path(user_id): Path<String>,
    params: Params,
) -> Result<Response, Problem> {
    if !caller.is_administrator() {
        return Err(Problem::forbidden());
    }
    let user_id = number(&user_id, "user_id")?;
    let owner = connection_of(&state, &caller, user_id).await?;
    create::respond(&state, &caller, owner, params).await
}
