//! `GET /groups/:id/service_accounts/:user_id/personal_access_tokens` and the same of projects

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::account;
use crate::authority::tokens_of;
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{Here, Problem, TokenBody, TokenListing};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Here(place): Here,
    Path((_, user_id)): Path<(String, String)>,
    listing: TokenListing,
) -> Result<Response, Problem> {
    let account = account(&state, &caller, place, &user_id).await?;
    let filter = tokens_of(&state, &caller, &account, &listing.query);
    listing.respond(&state, filter, |token, now| TokenBody::shown(token, now)).await
}
