//! What documents are validated by: each reference leads somewhere it may lead.

use apollo_compiler::ast::{FieldDefinition, InputValueDefinition};
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::{Name, Schema};

use super::SchemaError;

pub(super) fn holds_together(schema: &Schema) -> Result<(), SchemaError> {
    let check = Check { schema };
    if schema.schema_definition.query.is_none() {
        return Err(SchemaError::Unusable("it has no queries".to_owned()));
    }
    for (_, root) in schema.schema_definition.iter_root_operations() {
        check.is("schema", root, ExtendedType::is_object)?;
    }
    for directive in schema.directive_definitions.values() {
        check.inputs(&directive.name, directive.arguments.iter().map(AsRef::as_ref))?;
    }
    for (name, definition) in &schema.types {
        check.definition(name, definition)?;
    }
    Ok(())
}

struct Check<'s> {
    schema: &'s Schema,
}

impl Check<'_> {
    fn definition(&self, name: &Name, definition: &ExtendedType) -> Result<(), SchemaError> {
        match definition {
            ExtendedType::Scalar(_) | ExtendedType::Enum(_) => Ok(()),
            ExtendedType::Object(object) => {
                self.each(name, &object.implements_interfaces, ExtendedType::is_interface)?;
                self.fields(name, &object.fields)
            }
            ExtendedType::Interface(interface) => {
                self.each(name, &interface.implements_interfaces, ExtendedType::is_interface)?;
                self.fields(name, &interface.fields)
            }
            ExtendedType::Union(union) => self.each(name, &union.members, ExtendedType::is_object),
            ExtendedType::InputObject(input) => {
                self.inputs(name, input.fields.values().map(|field| field.node.as_ref()))
            }
        }
    }

    fn fields(
        &self,
        of: &Name,
        fields: &IndexMap<Name, Component<FieldDefinition>>,
    ) -> Result<(), SchemaError> {
        for field in fields.values() {
            self.is(of, field.ty.inner_named_type(), ExtendedType::is_output_type)?;
            self.inputs(of, field.arguments.iter().map(AsRef::as_ref))?;
        }
        Ok(())
    }

    fn inputs<'i>(
        &self,
        of: &Name,
        mut inputs: impl Iterator<Item = &'i InputValueDefinition>,
    ) -> Result<(), SchemaError> {
        inputs.try_for_each(|input| self.is(of, input.ty.inner_named_type(), ExtendedType::is_input_type))
    }

    fn each<'n, N: AsRef<str> + 'n>(
        &self,
        of: &str,
        names: impl IntoIterator<Item = &'n N>,
        fits: fn(&ExtendedType) -> bool,
    ) -> Result<(), SchemaError> {
        names.into_iter().try_for_each(|name| self.is(of, name.as_ref(), fits))
    }

    fn is(&self, of: &str, name: &str, fits: fn(&ExtendedType) -> bool) -> Result<(), SchemaError> {
        match self.schema.types.get(name) {
            Some(definition) if fits(definition) => Ok(()),
            Some(_) => Err(SchemaError::Unusable(format!("`{of}` uses `{name}`, which is of another kind"))),
            None => Err(SchemaError::Unusable(format!("`{of}` uses `{name}`, which isn't there"))),
        }
    }
}
