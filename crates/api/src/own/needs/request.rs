//! `POST /api/narrowgate/v1/needs`

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::RequestNeedsView;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// A request that isn't sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RequestToAskAbout)]
pub(in crate::own) struct RequestBody {
    /// The method.
    method: String,
    /// The path; `/api/v4` may be left out, and a query is passed over.
    path: String,
}

/// Says which permissions a request takes, and where.
#[utoipa::path(
    post,
    path = "/api/narrowgate/v1/needs",
    operation_id = "showRequestNeeds",
    tag = "needs",
    request_body = RequestBody,
    responses((status = 200, description = "What the request takes", body = RequestNeedsView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Body(body): Body<RequestBody>,
) -> Result<Json<RequestNeedsView>, Problem> {
    Ok(Json(state.api.catalog.needs(&body.method, &body.path).into()))
}
