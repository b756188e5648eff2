//! The introspection query, and what is read of its answer.

use serde::{Deserialize, Deserializer};

use super::SchemaError;

/// Asks for everything that documents are validated by.
pub const QUERY: &str = "query IntrospectionQuery {
  __schema {
    queryType { name }
    mutationType { name }
    subscriptionType { name }
    types {
      kind
      name
      fields(includeDeprecated: true) {
        name
        args(includeDeprecated: true) { ...Input }
        type { ...Type }
      }
      inputFields(includeDeprecated: true) { ...Input }
      interfaces { name }
      enumValues(includeDeprecated: true) { name }
      possibleTypes { name }
    }
    directives { name locations args { ...Input } }
  }
}
fragment Input on __InputValue { name type { ...Type } defaultValue }
fragment Type on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }
}
";

/// `__schema`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Description {
    pub(super) query_type: Named,
    pub(super) mutation_type: Option<Named>,
    pub(super) subscription_type: Option<Named>,
    pub(super) types: Vec<TypeDescription>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) directives: Vec<DirectiveDescription>,
}

/// What is only named.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum TypeKind {
    Scalar,
    Object,
    Interface,
    Union,
    Enum,
    InputObject,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TypeDescription {
    pub(super) kind: TypeKind,
    pub(super) name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) fields: Vec<FieldDescription>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) input_fields: Vec<InputDescription>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) interfaces: Vec<Named>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) enum_values: Vec<Named>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) possible_types: Vec<Named>,
}

#[derive(Debug, Deserialize)]
pub(super) struct FieldDescription {
    pub(super) name: String,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) args: Vec<InputDescription>,
    #[serde(rename = "type")]
    pub(super) of_type: TypeReference,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InputDescription {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) of_type: TypeReference,
    #[serde(default)]
    pub(super) default_value: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct DirectiveDescription {
    pub(super) name: String,
    pub(super) locations: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    pub(super) args: Vec<InputDescription>,
}

/// `[Project!]`, inside out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TypeReference {
    pub(super) kind: String,
    pub(super) name: Option<String>,
    pub(super) of_type: Option<Box<TypeReference>>,
}

/// What an instance answers, or a file of a schema holds.
#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
    #[serde(rename = "__schema")]
    schema: Option<Description>,
    #[serde(default)]
    errors: Vec<Problem>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "__schema")]
    schema: Option<Description>,
}

#[derive(Deserialize)]
struct Problem {
    message: String,
}

pub(super) fn read(json: &[u8]) -> Result<Description, SchemaError> {
    let answer: Answer =
        serde_json::from_slice(json).map_err(|problem| SchemaError::Unreadable(problem.to_string()))?;
    if let Some(problem) = answer.errors.into_iter().next() {
        return Err(SchemaError::Refused(problem.message));
    }
    let schema = answer.data.and_then(|data| data.schema).or(answer.schema);
    schema.ok_or_else(|| SchemaError::Unreadable("it has no `__schema`".to_owned()))
}

/// Introspection answers `null` where a kind has no such list.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
