//! The schema of an introspection file, such as the result of GraphQL's standard introspection query.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use serde::Deserialize;

use super::generated::Models;

/// Why an introspection file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum SchemaFileError {
    /// It cannot be read.
    #[error("cannot read the introspection file")]
    Read(#[from] std::io::Error),
    /// It is not the result of an introspection query.
    #[error("the introspection file is not the result of an introspection query")]
    Json(#[from] serde_json::Error),
    /// It describes a schema that GraphQL does not allow.
    #[error("the introspected schema is invalid: {0}")]
    Schema(String),
}

#[derive(Deserialize)]
struct File {
    data: Option<Data>,
    #[serde(rename = "__schema")]
    schema: Option<Introspected>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "__schema")]
    schema: Introspected,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Introspected {
    query_type: Named,
    mutation_type: Option<Named>,
    types: Vec<Type>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Type {
    kind: String,
    name: String,
    description: Option<String>,
    fields: Option<Vec<Field>>,
    input_fields: Option<Vec<Input>>,
    interfaces: Option<Vec<Named>>,
    enum_values: Option<Vec<Named>>,
    possible_types: Option<Vec<Named>>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    args: Vec<Input>,
    #[serde(rename = "type")]
    kind: TypeRef,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    name: String,
    #[serde(rename = "type")]
    kind: TypeRef,
    default_value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TypeRef {
    kind: String,
    name: Option<String>,
    of_type: Option<Box<TypeRef>>,
}

impl TypeRef {
    fn text(&self) -> String {
        let inner = || self.of_type.as_ref().map(|of| of.text()).unwrap_or_default();
        match self.kind.as_str() {
            "NON_NULL" => format!("{}!", inner()),
            "LIST" => format!("[{}]", inner()),
            _ => self.name.clone().unwrap_or_default(),
        }
    }
}

/// The schema of an introspection file; cheap to clone.
#[derive(Clone)]
pub struct GraphqlSchema(pub(crate) Arc<Content>);

/// A schema and what its global ids name.
pub(crate) struct Content {
    pub(crate) schema: Valid<Schema>,
    pub(crate) models: Models,
}

impl fmt::Debug for GraphqlSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphqlSchema").field("types", &self.0.schema.types.len()).finish()
    }
}

impl GraphqlSchema {
    /// Reads an introspection file.
    ///
    /// # Errors
    ///
    /// It cannot be read, or [`GraphqlSchema::parse`] fails.
    pub fn read(path: &Path) -> Result<Self, SchemaFileError> {
        Self::parse(&std::fs::read(path)?)
    }

    /// Reads an introspection result, with or without its envelope `data`.
    ///
    /// # Errors
    ///
    /// It is no such result, or describes a schema that GraphQL does not allow.
    pub fn parse(json: &[u8]) -> Result<Self, SchemaFileError> {
        let file: File = serde_json::from_slice(json)?;
        let found = file.schema.or(file.data.map(|data| data.schema));
        let found = found.ok_or_else(|| SchemaFileError::Schema("`__schema` is missing".to_owned()))?;
        let schema = Schema::parse_and_validate(definitions(&found), "introspection.json")
            .map_err(|invalid| SchemaFileError::Schema(invalid.errors.to_string()))?;
        let scalars: BTreeMap<_, _> =
            found.types.iter().filter_map(|it| Some((it.name.clone(), model(it)?))).collect();
        let models = Models::of(&schema, scalars);
        Ok(Self(Arc::new(Content { schema, models })))
    }
}

/// GitLab describes such a scalar by an example: `gid://gitlab/Ci::Pipeline/1`.
fn model(of: &Type) -> Option<String> {
    let (_, example) = of.description.as_ref()?.split_once("gid://gitlab/")?;
    Some(example.split('/').next()?.to_owned())
}

fn definitions(schema: &Introspected) -> String {
    let mut text = format!("schema {{ query: {}", schema.query_type.name);
    if let Some(mutation) = &schema.mutation_type {
        text.extend([" mutation: ", &mutation.name]);
    }
    text.push_str(" }\n");
    let built_in = ["Int", "Float", "String", "Boolean", "ID"];
    for it in &schema.types {
        if !it.name.starts_with("__") && !built_in.contains(&it.name.as_str()) {
            text.push_str(&definition(it));
        }
    }
    text
}

fn definition(of: &Type) -> String {
    let name = &of.name;
    match of.kind.as_str() {
        "SCALAR" => format!("scalar {name}\n"),
        "ENUM" => format!("enum {name} {{ {} }}\n", names(of.enum_values.as_deref(), " ")),
        "UNION" => format!("union {name} = {}\n", names(of.possible_types.as_deref(), " | ")),
        "INPUT_OBJECT" => format!("input {name} {{ {} }}\n", inputs(of.input_fields.as_deref())),
        kind => {
            let keyword = if kind == "INTERFACE" { "interface" } else { "type" };
            let above = names(of.interfaces.as_deref(), " & ");
            let implements = if above.is_empty() { above } else { format!(" implements {above}") };
            let mut text = format!("{keyword} {name}{implements} {{\n");
            for field in of.fields.iter().flatten() {
                let args = inputs(Some(&field.args));
                let args = if args.is_empty() { args } else { format!("({args})") };
                text += &format!("  {}{args}: {}\n", field.name, field.kind.text());
            }
            text + "}\n"
        }
    }
}

fn names(of: Option<&[Named]>, separator: &str) -> String {
    let names = of.unwrap_or_default().iter().map(|it| it.name.as_str());
    names.collect::<Vec<_>>().join(separator)
}

fn inputs(of: Option<&[Input]>) -> String {
    let inputs = of.unwrap_or_default().iter().map(|it| {
        let default = it.default_value.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
        format!("{}: {}{default}", it.name, it.kind.text())
    });
    inputs.collect::<Vec<_>>().join(", ")
}
