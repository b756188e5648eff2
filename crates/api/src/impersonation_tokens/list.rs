//! `GET /users/:user_id/impersonation_tokens`

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::user;
use crate::authority::filters;
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{Problem, TokenBody, TokenListing};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Path(user_id): Path<String>,
    listing: TokenListing,
) -> Result<Response, Problem> {
    let user = user(&state, &caller, &user_id).await?;
    let filter = filters::impersonation(&state, &caller, &user, &listing.query)?;
    listing.respond(&state, filter, |token, now| TokenBody::shown(token, now).of_impersonation(token)).await
}
