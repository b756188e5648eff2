//! `POST /api/graphql`, for documents of Narrowgate's

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::header::CACHE_CONTROL;
use serde_json::{Value, json};

use super::{Call, Owner, execute, owner};
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::Problem;

/// More documents than this are no batch.
const MOST_DOCUMENTS: usize = 20;

/// One document, or a batch of them.
pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    body: Result<Json<Value>, axum::extract::rejection::JsonRejection>,
) -> Result<Response, Problem> {
    let Ok(Json(body)) = body else { return Err(Problem::unreadable()) };
    let answer = match &body {
        Value::Array(batch) if batch.len() > MOST_DOCUMENTS => return Err(Problem::too_large()),
        Value::Array(batch) => {
            let mut answers = Vec::with_capacity(batch.len());
            for body in batch {
                answers.push(answer(&state, &caller, body).await);
            }
            Value::Array(answers)
        }
        body => answer(&state, &caller, body).await,
    };
    // It may hold a new token.
    Ok(([(CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

async fn answer(state: &ApiState, caller: &Caller, body: &Value) -> Value {
    let document = body.get("query").and_then(Value::as_str).unwrap_or_default();
    let operation_name = body.get("operationName").and_then(Value::as_str);
    let refusal = |text: String| json!({ "errors": [{ "message": text }] });
    match owner(document, operation_name) {
        Ok(Owner::Narrowgate) => {
            let variables = body.get("variables").unwrap_or(&Value::Null);
            execute(state, caller, Call { document, operation_name, variables }).await
        }
        Ok(Owner::Instance) => refusal("This document is the instance's to answer.".to_owned()),
        Err(error) => refusal(error.to_string()),
    }
}
