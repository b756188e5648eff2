//! By what a list is searched, read from the arguments as they are.

use apollo_compiler::Schema;
use apollo_compiler::ast::FieldDefinition;
use serde_json::Value;

use crate::things::Arguments;

/// How the names of arguments end whose text is compared as a whole.
const WHOLE: &str = "branches emoji id iid iids ids image label labelname labels milestonetitle path paths ref sha \
                     username usernames";

/// By what a list is searched.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sought {
    /// By text that is looked for.
    pub text: bool,
    /// By text that it is ordered by.
    pub order: bool,
    /// From a point that the document names.
    pub paged: bool,
}

impl Sought {
    /// Reads the arguments of a field.
    #[must_use]
    pub fn of(schema: &Schema, field: &FieldDefinition, arguments: &Arguments, paged: bool) -> Self {
        let mut sought = Self { paged, ..Self::default() };
        let pages = ["first", "last", "after", "before"];
        for definition in field.arguments.iter().filter(|it| !pages.contains(&it.name.as_str())) {
            if let Some(value) = arguments.get(definition.name.as_str()) {
                sought.look(schema, &definition.name, definition.ty.inner_named_type(), value, 1);
            }
        }
        sought
    }

    /// Whether what is found tells of texts; names of projects and groups may be looked for.
    #[must_use]
    pub fn tells(self, found: &str) -> bool {
        self.text && !matches!(found, "Project" | "Group" | "Namespace") || self.order && self.paged
    }

    fn look(&mut self, schema: &Schema, name: &str, kind: &str, value: &Value, depth: usize) {
        let lower = name.to_lowercase();
        match value {
            Value::Null => {}
            Value::Array(items) => items.iter().for_each(|item| self.look(schema, name, kind, item, depth)),
            Value::Object(entries) => {
                let Some(input) = schema.get_input_object(kind).filter(|_| depth < 4) else { return };
                for (name, value) in entries {
                    if let Some(field) = input.fields.get(name.as_str()) {
                        self.look(schema, name, field.ty.inner_named_type(), value, depth + 1);
                    }
                }
            }
            Value::String(text) if lower.contains("sort") || lower.starts_with("order") => {
                let text = text.to_lowercase();
                self.order |= ["name", "path", "title"].iter().any(|word| text.contains(word));
            }
            Value::String(text) if kind == "String" => {
                self.text |= !text.is_empty() && !WHOLE.split_whitespace().any(|word| lower.ends_with(word));
            }
            _ => {}
        }
    }
}
