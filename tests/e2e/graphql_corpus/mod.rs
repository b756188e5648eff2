//! What well-known clients ask, through the gate: complete with the permissions that `corpus/needs.toml` names, and with
//! each one missing something is withheld, and named.

mod generated;
mod grants;
mod world;

use std::collections::BTreeSet;

use serde_json::Value;

/// The permissions that an answer names: with what was refused, and with what was left out of lists.
fn named(answer: &Value) -> BTreeSet<&str> {
    let errors = answer["errors"].as_array().into_iter().flatten();
    let errors = errors.map(|error| &error["extensions"]["narrowgate"]["permissions"]);
    let withheld = answer["extensions"]["narrowgate"]["withheld"].as_array().into_iter().flatten();
    let lists = errors.chain(withheld.map(|entry| &entry["permissions"]));
    lists.filter_map(Value::as_array).flatten().filter_map(Value::as_str).collect()
}
