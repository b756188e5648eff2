//! Which arguments a document gives, with the variables that are known.

use serde_json::Value as Json;

use crate::guard::ArgumentPath;
use crate::plan::{Field, Plan, Value, Variables};

/// A document's variables.
#[derive(Clone, Copy)]
pub(super) struct Given<'p> {
    pub(super) plan: &'p Plan,
    pub(super) variables: &'p Variables,
}

impl Given<'_> {
    /// Whether an argument of a field has a value. One that must have one will have it.
    pub(super) fn has(self, field: &Field, path: &ArgumentPath) -> bool {
        let Some((argument, rest)) = path.steps.split_first() else { return false };
        let value = field.values.iter().find(|(name, _)| name == argument);
        value.is_some_and(|(_, value)| self.is_given(value, rest))
    }

    fn is_given(self, value: &Value, steps: &[Box<str>]) -> bool {
        match (value, steps.split_first()) {
            (Value::Variable(name, fallback), _) => self.variable(name, fallback.as_ref(), steps),
            (Value::List(items), _) => items.iter().any(|item| self.is_given(item, steps)),
            (Value::Object(entries), Some((step, rest))) => {
                entries.iter().any(|(key, value)| key == step && self.is_given(value, rest))
            }
            (Value::Object(_), None) => true,
            (Value::Constant(json), _) => is_json(json, steps),
        }
    }

    fn variable(self, name: &str, fallback: Option<&Json>, steps: &[Box<str>]) -> bool {
        let definition = self.plan.variables.iter().find(|definition| *definition.name == *name);
        let default = definition.and_then(|definition| definition.default.as_ref());
        match self.variables.get(name).or(default).or(fallback) {
            Some(json) => is_json(json, steps),
            None => definition.is_some_and(|definition| !definition.is_nullable),
        }
    }
}

fn is_json(json: &Json, steps: &[Box<str>]) -> bool {
    match (json, steps.split_first()) {
        (Json::Null, _) => false,
        (Json::Array(items), _) => items.iter().any(|item| is_json(item, steps)),
        (Json::Object(entries), Some((step, rest))) => {
            entries.get(&**step).is_some_and(|value| is_json(value, rest))
        }
        (_, rest) => rest.is_none(),
    }
}
