//! `POST /api/narrowgate/v1/needs/graphql`

use axum::extract::State;
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::DocumentNeedsView;
use crate::caller::Caller;
use crate::own::explain::Document;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// A document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DocumentToAskAbout)]
pub(in crate::own) struct Asked {
    /// Its text.
    query: String,
    /// The values of its variables.
    #[schema(value_type = Option<Object>)]
    variables: Option<Map<String, Value>>,
    /// Which of its operations is meant, where it has several.
    operation_name: Option<String>,
}

impl Asked {
    /// The variables as text.
    pub(in crate::own) fn variables(&self) -> Option<String> {
        self.variables.clone().map(|variables| Value::Object(variables).to_string())
    }

    /// The document with its variables.
    pub(in crate::own) fn with<'d>(&'d self, variables: Option<&'d str>) -> Document<'d> {
        Document { query: &self.query, operation_name: self.operation_name.as_deref(), variables }
    }
}

/// Lists what each part of a GraphQL document takes, against the schema of the caller's connection, and the fewest permissions
/// with which a token gets all of it.
#[utoipa::path(
    post,
    path = "/api/narrowgate/v1/needs/graphql",
    operation_id = "listDocumentNeeds",
    tag = "needs",
    request_body = Asked,
    responses((status = 200, description = "What the document takes", body = DocumentNeedsView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Body(asked): Body<Asked>,
) -> Result<Json<DocumentNeedsView>, Problem> {
    let variables = asked.variables();
    let document = asked.with(variables.as_deref());
    Ok(Json(state.explainer.needs(caller.connection.id, document).await?))
}
