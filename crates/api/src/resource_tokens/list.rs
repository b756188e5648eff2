//! `GET /projects/:id/access_tokens` and `GET /groups/:id/access_tokens`

use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use crate::authority::filters;
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{Here, Problem, TokenBody, TokenListing};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Here(place): Here,
    listing: TokenListing,
) -> Result<Response, Problem> {
    let filter = filters::for_resource(&state, &caller, &place, &listing.query)?;
    listing.respond(&state, filter, |token, now| TokenBody::shown(token, now).of_resource(token)).await
}
