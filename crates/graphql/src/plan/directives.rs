//! `@include`, `@skip`, and the directives that aren't carried out.

use apollo_compiler::ast::{Definition, DirectiveList, Document, Selection, Value};
use apollo_compiler::executable::Operation;
use serde_json::Value as Json;

use super::text::read_constant;
use super::{Fault, PlanError, Variables};

/// Directives that change nothing once a document is valid: GitLab marks fields of newer versions so.
const HARMLESS: [&str; 1] = ["gl_introduced"];

/// The variables that `@include` and `@skip` of a document ask for, each once.
///
/// # Errors
///
/// A directive that is neither of these, nor known to change nothing: it would have to be carried out.
pub(super) fn switches(document: &Document) -> Result<Vec<Box<str>>, PlanError> {
    let mut switches = Vec::new();
    for definition in &document.definitions {
        look(definition.directives(), &mut switches)?;
        match definition {
            Definition::OperationDefinition(operation) => {
                for variable in &operation.variables {
                    look(&variable.directives, &mut switches)?;
                }
                look_within(&operation.selection_set, &mut switches)?;
            }
            Definition::FragmentDefinition(fragment) => look_within(&fragment.selection_set, &mut switches)?,
            _ => {}
        }
    }
    switches.sort_unstable();
    switches.dedup();
    Ok(switches)
}

fn look_within(selections: &[Selection], switches: &mut Vec<Box<str>>) -> Result<(), PlanError> {
    for selection in selections {
        match selection {
            Selection::Field(field) => {
                look(&field.directives, switches)?;
                look_within(&field.selection_set, switches)?;
            }
            Selection::FragmentSpread(spread) => look(&spread.directives, switches)?,
            Selection::InlineFragment(inline) => {
                look(&inline.directives, switches)?;
                look_within(&inline.selection_set, switches)?;
            }
        }
    }
    Ok(())
}

fn look(directives: &DirectiveList, switches: &mut Vec<Box<str>>) -> Result<(), PlanError> {
    for directive in directives.iter() {
        match directive.name.as_str() {
            "include" | "skip" => {
                let variable =
                    directive.specified_argument_by_name("if").and_then(|value| value.as_variable());
                switches.extend(variable.map(|name| Box::from(name.as_str())));
            }
            name if HARMLESS.contains(&name) => {}
            name => {
                let message = format!("the directive `@{name}` isn't supported here");
                return Err(PlanError::new(Fault::Unsupported, message));
            }
        }
    }
    Ok(())
}

/// Whether a selection with these directives counts.
///
/// # Errors
///
/// A variable that has no Boolean value.
pub(super) fn counts(
    directives: &DirectiveList,
    operation: &Operation,
    variables: &Variables,
) -> Result<bool, PlanError> {
    let mut all = true;
    for directive in directives.iter() {
        let wanted = match directive.name.as_str() {
            "include" => true,
            "skip" => false,
            _ => continue,
        };
        let condition = match directive.specified_argument_by_name("if").map(|value| &**value) {
            Some(Value::Boolean(condition)) => *condition,
            Some(Value::Variable(name)) => switch(name, operation, variables)?,
            _ => return Err(not_boolean("if")),
        };
        all &= condition == wanted;
    }
    Ok(all)
}

fn switch(name: &str, operation: &Operation, variables: &Variables) -> Result<bool, PlanError> {
    let default = || {
        let definition = operation.variables.iter().find(|definition| definition.name == name)?;
        definition.default_value.as_ref().map(|value| read_constant(value))
    };
    match variables.get(name).cloned().or_else(default) {
        Some(Json::Bool(value)) => Ok(value),
        _ => Err(not_boolean(name)),
    }
}

fn not_boolean(name: &str) -> PlanError {
    PlanError::new(Fault::Variables, format!("the variable `{name}` must be true or false"))
}
