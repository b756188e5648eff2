//! `GET /personal_access_tokens`

use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use crate::authority::{Actor, filters};
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{Problem, TokenBody, TokenListing};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    listing: TokenListing,
) -> Result<Response, Problem> {
    let filter = filters::personal(&state, Actor::Caller(&caller), &listing.query)?;
    listing.respond(&state, filter, |token, now| TokenBody::shown(token, now)).await
}
