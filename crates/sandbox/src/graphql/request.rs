//! A GraphQL request as it arrives: JSON, a batch of them, a form, or the query of a URL.

use apollo_compiler::ast::{Document, OperationType};
use serde_json::{Map, Value};

use crate::http::Params;

/// One document with its variables.
#[derive(Clone, Debug, Default)]
pub(crate) struct GraphqlRequest {
    pub(crate) document: String,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Map<String, Value>,
}

impl GraphqlRequest {
    /// The requests of a JSON body: one, or a batch. GitLab calls the members of a batch `_json`.
    pub(crate) fn read_json(body: &Value) -> Result<Vec<Self>, &'static str> {
        match body.get("_json").unwrap_or(body) {
            Value::Array(batch) => batch.iter().map(Self::of).collect(),
            one => Ok(vec![Self::of(one)?]),
        }
    }

    /// The request that the parameters of a URL or form make.
    pub(crate) fn of_params(params: &Params) -> Result<Self, &'static str> {
        let fields = ["query", "operationName", "variables"];
        let object = fields.iter().filter_map(|name| Some(((*name).to_owned(), params.get(name)?.clone())));
        Self::of(&Value::Object(object.collect()))
    }

    /// Whether the operation that is asked for is a mutation, as far as the document can be read.
    pub(crate) fn is_mutation(&self) -> bool {
        let document =
            Document::parse(self.document.as_str(), "query.graphql").unwrap_or_else(|it| it.partial);
        let operations =
            document.definitions.iter().filter_map(|definition| definition.as_operation_definition());
        let wanted = self.operation_name.as_deref();
        operations.into_iter().any(|it| {
            it.operation_type == OperationType::Mutation
                && wanted.is_none_or(|wanted| it.name.as_ref().is_some_and(|name| name == wanted))
        })
    }

    /// The request that a JSON object makes.
    pub(crate) fn of(request: &Value) -> Result<Self, &'static str> {
        let text = |name: &str| request.get(name).and_then(Value::as_str).map(str::to_owned);
        let variables = match request.get("variables") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(variables)) => variables.clone(),
            Some(Value::String(text)) if text.is_empty() => Map::new(),
            Some(Value::String(text)) => {
                serde_json::from_str(text).map_err(|_| "Variables are invalid JSON")?
            }
            Some(_) => return Err("Unexpected parameter: variables"),
        };
        Ok(Self {
            document: text("query").unwrap_or_default(),
            operation_name: text("operationName").filter(|name| !name.is_empty()),
            variables,
        })
    }
}
