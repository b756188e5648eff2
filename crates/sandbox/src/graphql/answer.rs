//! Executing a document: what both kinds of data share.

use std::sync::{Arc, Mutex, PoisonError};

use apollo_compiler::executable::{Operation, OperationType};
use apollo_compiler::resolvers::{Execution, ObjectValue};
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Value, json};

use super::request::GraphqlRequest;
use crate::record::SeenOperation;
use crate::world::Container;

/// What an object in an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GraphqlPlace {
    /// A project, by its id.
    Project(u64),
    /// A group, by its id.
    Group(u64),
    /// A user, by its id.
    User(u64),
    /// The instance itself.
    Instance,
}

impl From<Container> for GraphqlPlace {
    fn from(container: Container) -> Self {
        match container {
            Container::Project(id) => Self::Project(id),
            Container::Group(id) => Self::Group(id),
            Container::User(id) => Self::User(id),
            Container::Instance => Self::Instance,
        }
    }
}

/// An object of an answer, and what it truly belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphqlObject {
    /// Where it stands below `data`, as a JSON pointer: `/project/issues/nodes/1`.
    pub path: String,
    /// Its concrete type.
    pub type_name: String,
    /// What it belongs to.
    pub place: GraphqlPlace,
}

/// Collects the objects of an answer while it is made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace(Arc<Mutex<Vec<GraphqlObject>>>);

impl Trace {
    pub(crate) fn note(&self, path: &str, type_name: &str, place: Container) {
        let object =
            GraphqlObject { path: path.to_owned(), type_name: type_name.to_owned(), place: place.into() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(object);
    }

    pub(crate) fn objects(&self) -> Vec<GraphqlObject> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A schema and what it serves.
pub(crate) trait Served {
    fn schema(&self) -> &Valid<Schema>;

    /// A refusal of a whole operation before it is executed.
    fn refuse(&self, document: &Valid<ExecutableDocument>, operation: &Operation) -> Option<String>;

    /// The object at the root of an operation.
    fn root(&self, operation: OperationType, trace: &Trace) -> Box<dyn ObjectValue + '_>;
}

/// Executes a request. The second part is what it asked for, when it could be understood.
pub(crate) fn answer(
    served: &dyn Served,
    request: &GraphqlRequest,
    trace: &Trace,
) -> (Value, Option<SeenOperation>) {
    if request.document.trim().is_empty() {
        return (error("No query string was present"), None);
    }
    let parsed = ExecutableDocument::parse_and_validate(served.schema(), &request.document, "query.graphql");
    let document = match parsed {
        Ok(document) => document,
        Err(invalid) => {
            let errors: Vec<Value> = invalid.errors.iter().map(|it| json!(it.to_json())).collect();
            return (json!({ "errors": errors }), None);
        }
    };
    let Ok(operation) = document.operations.get(request.operation_name.as_deref()) else {
        let name = request.operation_name.as_deref().unwrap_or_default();
        return (error(&format!("No operation named \"{name}\"")), None);
    };
    let seen = SeenOperation {
        mutation: operation.operation_type == OperationType::Mutation,
        fields: operation.root_fields(&document).map(|field| field.name.to_string()).collect(),
    };
    if let Some(refusal) = served.refuse(&document, operation) {
        return (error(&refusal), Some(seen));
    }
    let root = served.root(operation.operation_type, trace);
    let variables: JsonMap =
        request.variables.iter().map(|(name, value)| (name.as_str().into(), value.clone().into())).collect();
    let outcome = Execution::new(served.schema(), &document)
        .operation(operation)
        .raw_variable_values(&variables)
        .enable_schema_introspection(true)
        .execute_sync(root.as_ref());
    let answer = match outcome {
        Ok(response) => plain(json!(response)),
        Err(refused) => json!({ "errors": [refused.to_graphql_error(&document.sources)] }),
    };
    (answer, Some(seen))
}

/// An answer that is nothing but one error.
pub(crate) fn error(message: &str) -> Value {
    json!({ "errors": [{ "message": message }] })
}

/// GitLab's errors say no more than their text.
fn plain(mut response: Value) -> Value {
    for error in response.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(Value::String(message)) = error.get_mut("message") else { continue };
        if let Some(text) = message.strip_prefix("resolver error: ") {
            *message = text.to_owned();
        }
    }
    response
}
