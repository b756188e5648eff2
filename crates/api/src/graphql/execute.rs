//! Answers a document that is Narrowgate's.

use std::sync::LazyLock;

use async_graphql::{EmptySubscription, Request, Schema, Variables};
use serde_json::{Value, json};

use super::inventory::Namespaces;
use super::mutation::Mutation;
use super::nesting;
use super::query::Query;
use crate::caller::Caller;
use crate::state::ApiState;

type OwnSchema = Schema<Query, Mutation, EmptySubscription>;

const DEEPEST: usize = 16;
const MOST_COMPLEX: usize = 2_000;

static SCHEMA: LazyLock<OwnSchema> = LazyLock::new(|| {
    Schema::build(Query, Mutation, EmptySubscription)
        .limit_depth(DEEPEST)
        .limit_complexity(MOST_COMPLEX)
        .finish()
});

/// One request: a document with what belongs to it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The document.
    pub document: &'a str,
    /// Which of its operations, if there are several.
    pub operation_name: Option<&'a str>,
    /// Its variables, an object or `null`.
    pub variables: &'a Value,
}

/// What GitLab would answer, with status 200. Call this for documents of [`super::Owner::Narrowgate`] only.
pub async fn execute(state: &ApiState, caller: &Caller, call: Call<'_>) -> Value {
    if nesting::is_too_deep(call.document) {
        return json!({ "errors": [{ "message": "the document nests too deep" }] });
    }
    let mut request = Request::new(call.document)
        .variables(Variables::from_json(call.variables.clone()))
        .data(state.clone())
        .data(caller.clone())
        .data(Namespaces::default());
    if let Some(name) = call.operation_name {
        request = request.operation_name(name);
    }
    let response = SCHEMA.execute(request).await;
    serde_json::to_value(response).unwrap_or_else(|error| {
        tracing::error!(%error, "An answer could not be written");
        json!({ "errors": [{ "message": "Internal server error" }] })
    })
}
