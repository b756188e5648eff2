//! `DELETE /personal_access_tokens/self`, which every token may

use axum::Extension;
use axum::extract::State;
use http::StatusCode;

use super::own_id;
use crate::authority::{self, Actor};
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::Problem;

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
) -> Result<StatusCode, Problem> {
    authority::revoke(&state, Actor::Caller(&caller), own_id(&caller)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
