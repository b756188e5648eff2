//! `GET /api/narrowgate/v1/tokens/{id}`

use axum::extract::{Path, State};
use axum::{Extension, Json};
use narrowgate_store::TokenId;

use super::TokenView;
use crate::caller::Caller;
use crate::own::access;
use crate::own::input::number;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// Shows a token.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/tokens/{id}",
    operation_id = "showToken",
    tag = "tokens",
    params(("id" = i64, Path, description = "The token", minimum = 1)),
    responses((status = 200, description = "The token", body = TokenView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<TokenView>, Problem> {
    let token = access::token(&state, &caller, TokenId(number(&id, "id")?)).await?;
    Ok(Json(TokenView::of(&token, state.now())))
}
