//! `POST /api/narrowgate/v1/tokens/{id}/explain/graphql`

use axum::extract::{Path, State};
use axum::{Extension, Json};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{DocumentExplanationView, Sender, address, asked_about};
use crate::caller::Caller;
use crate::own::input::Body;
use crate::own::needs::document::Asked;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// A document that isn't sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DocumentToExplain)]
pub(in crate::own) struct DocumentBody {
    /// The document.
    document: Asked,
    /// The user that the request would act as, by name or id.
    sudo: Option<String>,
    /// Where it would come from; where this question comes from, if absent.
    #[schema(format = "ip")]
    address: Option<String>,
}

/// Says what the gate would do with a GraphQL document that comes with the token: which root fields it would forward, which
/// it would refuse and why, and what is decided object by object when the answer is there. Nothing is forwarded.
#[utoipa::path(
    post,
    path = "/api/narrowgate/v1/tokens/{id}/explain/graphql",
    operation_id = "explainDocument",
    tag = "tokens",
    params(("id" = i64, Path, description = "The token", minimum = 1)),
    request_body = DocumentBody,
    responses((
        status = 200,
        description = "What is decided, and what is left to the answer",
        body = DocumentExplanationView
    ))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Body(body): Body<DocumentBody>,
) -> Result<Json<DocumentExplanationView>, Problem> {
    let token = asked_about(&state, &caller, &id).await?;
    let address = address(body.address.as_deref(), &caller)?;
    let sender = Sender { token: &token.digest, address, sudo: body.sudo.as_deref() };
    let variables = body.document.variables();
    let document = body.document.with(variables.as_deref());
    Ok(Json(state.explainer.document(sender, document).await?))
}
