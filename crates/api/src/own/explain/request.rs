//! `POST /api/narrowgate/v1/tokens/{id}/explain`

use axum::extract::{Path, State};
use axum::{Extension, Json};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ExplanationView, Sender, address, asked_about};
use crate::caller::Caller;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// A request that isn't sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RequestToExplain)]
pub(in crate::own) struct RequestBody {
    /// The method.
    method: String,
    /// The path and query; `/api/v4` may be left out.
    path: String,
    /// The user that it would act as, by name or id.
    sudo: Option<String>,
    /// Where it would come from; where this question comes from, if absent.
    #[schema(format = "ip")]
    address: Option<String>,
}

/// Says what the gate would do with a request that carries the token, and why, step by step. Nothing is forwarded; a
/// request with a body is decided as if the body named no place. The answer tells whether a project or group is there and
/// what the token's owner is in it.
#[utoipa::path(
    post,
    path = "/api/narrowgate/v1/tokens/{id}/explain",
    operation_id = "explainRequest",
    tag = "tokens",
    params(("id" = i64, Path, description = "The token", minimum = 1)),
    request_body = RequestBody,
    responses((status = 200, description = "The decision; a refusal is one, too", body = ExplanationView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Body(body): Body<RequestBody>,
) -> Result<Json<ExplanationView>, Problem> {
    let token = asked_about(&state, &caller, &id).await?;
    if !body.path.starts_with('/') {
        return Err(Problem::invalid("path: must begin with `/`"));
    }
    let address = address(body.address.as_deref(), &caller)?;
    let sender = Sender { token: &token.digest, address, sudo: body.sudo.as_deref() };
    Ok(Json(state.explainer.request(sender, &body.method, &body.path).await?))
}
