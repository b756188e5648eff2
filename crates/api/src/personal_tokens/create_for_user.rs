//! `POST /users/:user_id/personal_access_tokens`, for administrators

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{create, number};
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{Params, Problem};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Path(user_id): Path<String>,
    params: Params,
) -> Result<Response, Problem> {
    let mine = &caller.connection;
    if !mine.administrator {
        return Err(Problem::forbidden());
    }
    let user_id = number(&user_id, "user_id")?;
    let owner = state.store.connections().find_by_user(mine.tenant, &mine.instance_url, user_id).await?;
    // A token acts through its owner's connection, so a user without one is as good as unknown.
    let owner = owner.ok_or_else(|| Problem::not_found("User Not Found"))?;
    create::respond(&state, &caller, Arc::new(owner), params).await
}
