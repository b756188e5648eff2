//! CI/CD variables.

use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::resource::{Making, Resource};

pub(super) static VARIABLES: Resource = Resource {
    kind: "variable",
    title: "Variable",
    path: "variables",
    names: &["key"],
    read: Role::Maintainer,
    write: Role::Maintainer,
    required: &["key", "value"],
    editable: &["value", "variable_type", "protected", "masked", "raw", "environment_scope", "description"],
    renames: &[],
    unique: Some("key"),
    settle: |_, _| {},
    shows_removed: false,
    make: variable,
};

fn variable(making: &Making<'_>) -> Value {
    let params = making.params;
    json!({
        "variable_type": params.or("variable_type", "env_var"),
        "key": params.or("key", ""),
        "value": params.or("value", ""),
        "hidden": params.or("masked_and_hidden", false),
        "protected": params.or("protected", false),
        "masked": params.or("masked", false),
        "raw": params.or("raw", false),
        "environment_scope": params.or("environment_scope", "*"),
        "description": params.or("description", Value::Null),
    })
}
