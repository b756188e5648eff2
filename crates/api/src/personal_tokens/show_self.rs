//! `GET /personal_access_tokens/self`

use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use super::{own_id, show};
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::Problem;

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Problem> {
    show::respond(&state, &caller, own_id(&caller)?).await
}
