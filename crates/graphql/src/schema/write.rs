//! From introspection to text.

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::Name;
use apollo_compiler::ast::{Definition, Document, Selection, Value};

use super::introspection::{
    Description, DirectiveDescription, InputDescription, Named, TypeDescription, TypeKind, TypeReference,
};
use super::{SchemaError, SchemaLimits};

/// The schema as text: its types by name, its directives for documents only.
pub(super) fn sdl(schema: &Description, limits: &SchemaLimits) -> Result<String, SchemaError> {
    if schema.types.len() > limits.types {
        return Err(SchemaError::TooLarge { what: "types", most: limits.types });
    }
    let mut writer = Writer { out: String::new(), members: 0, most: limits.members };
    writer.roots(schema)?;
    for directive in &schema.directives {
        writer.directive(directive)?;
    }
    let mut types: Vec<_> = schema.types.iter().filter(|of_type| !is_built_in(&of_type.name)).collect();
    types.sort_by(|left, right| left.name.cmp(&right.name));
    let implemented = implemented(schema);
    for of_type in types {
        writer.type_definition(of_type, implemented.get(of_type.name.as_str()))?;
    }
    Ok(writer.out)
}

/// Which interfaces a type implements: those that it names, and those that name it.
fn implemented(schema: &Description) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut implemented: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for of_type in &schema.types {
        for interface in &of_type.interfaces {
            implemented.entry(&of_type.name).or_default().insert(&interface.name);
        }
        if of_type.kind == TypeKind::Interface {
            for possible in &of_type.possible_types {
                implemented.entry(&possible.name).or_default().insert(&of_type.name);
            }
        }
    }
    implemented
}

/// What every schema has without saying so.
fn is_built_in(name: &str) -> bool {
    name.starts_with("__") || matches!(name, "Int" | "Float" | "String" | "Boolean" | "ID")
}

struct Writer {
    out: String,
    members: usize,
    most: usize,
}

impl Writer {
    fn roots(&mut self, schema: &Description) -> Result<(), SchemaError> {
        self.out.push_str("schema {\n");
        let roots = [
            ("query", Some(&schema.query_type)),
            ("mutation", schema.mutation_type.as_ref()),
            ("subscription", schema.subscription_type.as_ref()),
        ];
        for (operation, root) in roots {
            if let Some(root) = root {
                self.line(&[operation, ": ", name(&root.name)?]);
            }
        }
        self.out.push_str("}\n");
        Ok(())
    }

    /// Those that documents may use and that aren't built in.
    fn directive(&mut self, directive: &DirectiveDescription) -> Result<(), SchemaError> {
        let is_built_in =
            matches!(directive.name.as_str(), "skip" | "include" | "deprecated" | "specifiedBy" | "oneOf");
        let locations: Vec<_> = directive
            .locations
            .iter()
            .map(String::as_str)
            .filter(|location| is_executable(location))
            .collect();
        if is_built_in || locations.is_empty() {
            return Ok(());
        }
        self.out.push_str("directive @");
        self.out.push_str(name(&directive.name)?);
        self.inputs(&directive.args)?;
        self.line(&[" on ", &locations.join(" | ")]);
        Ok(())
    }

    fn type_definition(
        &mut self,
        of_type: &TypeDescription,
        implemented: Option<&BTreeSet<&str>>,
    ) -> Result<(), SchemaError> {
        let type_name = name(&of_type.name)?;
        match of_type.kind {
            TypeKind::Scalar => self.line(&["scalar ", type_name]),
            TypeKind::Object | TypeKind::Interface => {
                let keyword = if of_type.kind == TypeKind::Object { "type " } else { "interface " };
                self.out.push_str(keyword);
                self.out.push_str(type_name);
                self.implements(implemented)?;
                self.out.push_str(" {\n");
                self.fields(of_type)?;
                self.out.push_str("}\n");
            }
            TypeKind::Union => {
                let members = self.names(&of_type.possible_types)?.join(" | ");
                self.line(&["union ", type_name, " = ", &members]);
            }
            TypeKind::Enum => {
                let values = self.names(&of_type.enum_values)?.join(" ");
                self.line(&["enum ", type_name, " { ", &values, " }"]);
            }
            TypeKind::InputObject => {
                self.out.push_str("input ");
                self.out.push_str(type_name);
                self.out.push_str(" {\n");
                for input in &of_type.input_fields {
                    self.input(input)?;
                    self.out.push('\n');
                }
                self.out.push_str("}\n");
            }
        }
        Ok(())
    }

    fn implements(&mut self, implemented: Option<&BTreeSet<&str>>) -> Result<(), SchemaError> {
        for (index, interface) in implemented.into_iter().flatten().enumerate() {
            self.out.push_str(if index == 0 { " implements " } else { " & " });
            self.out.push_str(name(interface)?);
        }
        Ok(())
    }

    fn fields(&mut self, of_type: &TypeDescription) -> Result<(), SchemaError> {
        for field in &of_type.fields {
            self.count(1)?;
            self.out.push_str(name(&field.name)?);
            self.inputs(&field.args)?;
            self.out.push_str(": ");
            self.type_reference(&field.of_type)?;
            self.out.push('\n');
        }
        Ok(())
    }

    fn inputs(&mut self, inputs: &[InputDescription]) -> Result<(), SchemaError> {
        for (index, input) in inputs.iter().enumerate() {
            self.out.push_str(if index == 0 { "(" } else { ", " });
            self.input(input)?;
        }
        if !inputs.is_empty() {
            self.out.push(')');
        }
        Ok(())
    }

    fn input(&mut self, input: &InputDescription) -> Result<(), SchemaError> {
        self.count(1)?;
        self.out.push_str(name(&input.name)?);
        self.out.push_str(": ");
        self.type_reference(&input.of_type)?;
        if let Some(default) = &input.default_value {
            self.out.push_str(" = ");
            self.out.push_str(&default_value(default));
        }
        Ok(())
    }

    fn type_reference(&mut self, reference: &TypeReference) -> Result<(), SchemaError> {
        match (reference.kind.as_str(), &reference.of_type, &reference.name) {
            ("LIST", Some(of_type), _) => {
                self.out.push('[');
                self.type_reference(of_type)?;
                self.out.push(']');
            }
            ("NON_NULL", Some(of_type), _) => {
                self.type_reference(of_type)?;
                self.out.push('!');
            }
            (_, None, Some(named)) => self.out.push_str(name(named)?),
            _ => return Err(SchemaError::Unreadable("a type is nested too deep".to_owned())),
        }
        Ok(())
    }

    fn names<'n>(&mut self, listed: &'n [Named]) -> Result<Vec<&'n str>, SchemaError> {
        self.count(listed.len())?;
        listed.iter().map(|named| name(&named.name)).collect()
    }

    fn count(&mut self, more: usize) -> Result<(), SchemaError> {
        self.members = self.members.saturating_add(more);
        if self.members > self.most {
            return Err(SchemaError::TooLarge { what: "members", most: self.most });
        }
        Ok(())
    }

    fn line(&mut self, parts: &[&str]) {
        self.out.extend(parts.iter().copied());
        self.out.push('\n');
    }
}

fn is_executable(location: &str) -> bool {
    matches!(
        location,
        "QUERY"
            | "MUTATION"
            | "SUBSCRIPTION"
            | "FIELD"
            | "FRAGMENT_DEFINITION"
            | "FRAGMENT_SPREAD"
            | "INLINE_FRAGMENT"
            | "VARIABLE_DEFINITION"
    )
}

fn name(text: &str) -> Result<&str, SchemaError> {
    if Name::is_valid_syntax(text) {
        Ok(text)
    } else {
        Err(SchemaError::Name(text.chars().take(80).collect()))
    }
}

/// A default value, written anew. Documents depend on there being one, not on what it is: one that can't be read is
/// taken for null.
fn default_value(text: &str) -> String {
    constant(text).map_or_else(|| "null".to_owned(), |value| value.serialize().no_indent().to_string())
}

fn constant(text: &str) -> Option<Value> {
    let document = Document::parse(format!("{{f(a:{text})}}"), "default.graphql").ok()?;
    let [Definition::OperationDefinition(operation)] = document.definitions.as_slice() else { return None };
    let [Selection::Field(field)] = operation.selection_set.as_slice() else { return None };
    let [argument] = field.arguments.as_slice() else { return None };
    let is_alone = field.selection_set.is_empty() && field.directives.is_empty();
    (is_alone && is_constant(&argument.value)).then(|| argument.value.as_ref().clone())
}

fn is_constant(value: &Value) -> bool {
    match value {
        Value::Variable(_) => false,
        Value::List(items) => items.iter().all(|item| is_constant(item)),
        Value::Object(fields) => fields.iter().all(|(_, value)| is_constant(value)),
        _ => true,
    }
}
