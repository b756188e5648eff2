//! Arguments of a field: written anew, read where a guard needs them, and the variables in them.

use std::collections::BTreeSet;

use apollo_compiler::ast::{Argument, FieldDefinition, InputValueDefinition};
use apollo_compiler::collections::HashMap;
use apollo_compiler::executable::{self, Operation};
use apollo_compiler::{Name, Node};

use super::text::{read_constant, read_value, write_arguments, write_value};
use super::{Fault, PlanError, Value};
use crate::Schema;
use crate::guard::{ArgumentPath, Need, Source};

/// Values by the names of their arguments.
pub(super) type Values = Box<[(Box<str>, Value)]>;

/// Writes arguments, and notes which variables they use.
pub(super) struct Writer<'d> {
    schema: &'d Schema,
    indices: HashMap<&'d Name, usize>,
    used: BTreeSet<usize>,
}

impl<'d> Writer<'d> {
    pub(super) fn new(schema: &'d Schema, operation: &'d Operation) -> Self {
        let names = operation.variables.iter().map(|definition| &definition.name);
        Self { schema, indices: names.zip(0..).collect(), used: BTreeSet::new() }
    }

    /// The variables that were written since this was asked last, as indices into the operation's.
    pub(super) fn take_used(&mut self) -> BTreeSet<usize> {
        std::mem::take(&mut self.used)
    }

    pub(super) fn arguments(&mut self, arguments: &[Node<Argument>]) -> Result<Box<str>, PlanError> {
        let mut text = String::new();
        let Self { indices, used, .. } = self;
        write_arguments(&mut text, arguments, &mut |name| used.extend(indices.get(name)))?;
        Ok(text.into())
    }

    /// Whether two fields have the same arguments, in whatever order.
    pub(super) fn are_equal(&self, some: &[Node<Argument>], others: &[Node<Argument>]) -> bool {
        let is_same = |argument: &Node<Argument>| {
            others.iter().any(|other| other.name == argument.name && text_of(other) == text_of(argument))
        };
        some.len() == others.len() && some.iter().all(is_same)
    }

    /// The values of the arguments that needs are read from.
    ///
    /// # Errors
    ///
    /// An input field that the schema gives a default, and that the document may leave to it.
    pub(super) fn values<'n>(
        &self,
        definition: &FieldDefinition,
        field: Option<&&Node<executable::Field>>,
        needs: impl Iterator<Item = &'n Need>,
    ) -> Result<Values, PlanError> {
        let sources = needs.flat_map(|need| &need.any).flat_map(|alternative| &alternative.sources);
        let paths = sources.filter_map(|source| match source {
            Source::Argument(path) => Some(path),
            _ => None,
        });
        let mut values: Vec<(Box<str>, Value)> = Vec::new();
        for path in paths {
            self.refuse_defaults(definition, path)?;
            let Some(name) = path.steps.first() else { continue };
            if !values.iter().any(|(known, _)| known == name) {
                values.extend(read(definition, field, name).map(|value| (name.clone(), value)));
            }
        }
        Ok(values.into())
    }

    /// Adds the values of arguments to those of a field, each once.
    pub(super) fn add<'n>(
        values: &mut Values,
        field: &Node<executable::Field>,
        names: impl Iterator<Item = &'n str>,
    ) {
        let mut all = std::mem::take(values).into_vec();
        for name in names {
            if !all.iter().any(|(known, _)| **known == *name) {
                all.extend(read(&field.definition, Some(&field), name).map(|value| (name.into(), value)));
            }
        }
        *values = all.into();
    }

    /// What a variable's object leaves out can't be told from the document; no schema of GitLab's has such a default.
    fn refuse_defaults(&self, definition: &FieldDefinition, path: &ArgumentPath) -> Result<(), PlanError> {
        let mut steps = path.steps.iter();
        let Some(first) = steps.next() else { return Ok(()) };
        let mut at: Option<&InputValueDefinition> = definition.argument_by_name(first).map(|node| &**node);
        for step in steps {
            let below = at.and_then(|at| self.schema.as_apollo().get_input_object(at.ty.inner_named_type()));
            at = below.and_then(|below| below.fields.get(&**step)).map(|field| &***field);
            if at.is_some_and(|field| field.default_value.as_ref().is_some_and(|default| !default.is_null()))
            {
                let message = format!("the argument `{}` has a default in the schema", path.steps.join("."));
                return Err(PlanError::new(Fault::Unsupported, message));
            }
        }
        Ok(())
    }
}

fn text_of(argument: &Argument) -> Option<String> {
    let mut text = String::new();
    write_value(&mut text, &argument.value, &mut |_| ()).ok()?;
    Some(text)
}

fn read(definition: &FieldDefinition, field: Option<&&Node<executable::Field>>, name: &str) -> Option<Value> {
    let default = definition.argument_by_name(name).and_then(|argument| argument.default_value.as_ref());
    let default = default.map(|value| read_constant(value));
    match field.and_then(|field| field.specified_argument_by_name(name)) {
        Some(value) => Some(read_value(value, default)),
        None => default.map(Value::Constant),
    }
}
