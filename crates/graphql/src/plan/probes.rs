//! Hidden fields: those that reveal where an object belongs, and `__typename`.

use apollo_compiler::Name;
use apollo_compiler::ast::{FieldDefinition, Type};
use apollo_compiler::schema::ExtendedType;

use super::shape::{leaf, wrap};
use super::{Abstract, Field, Leaf, LocatedBy, Object, PlanError, Position, Shape};
use crate::Schema;
use crate::guard::{Class, Guard, Locator, Probe, ProbeStep};

/// The keys of hidden fields. One key stands for one field of one type wherever it appears, so that any two selections
/// can be merged.
pub(super) struct Probes<'s> {
    schema: &'s Schema,
    nonce: String,
    known: Vec<Known>,
    left: usize,
    most: usize,
}

struct Known {
    field: Box<str>,
    ty: Type,
    /// The object type that the next step is asked of.
    next_on: Option<Box<str>>,
    key: Box<str>,
}

impl<'s> Probes<'s> {
    pub(super) fn new(schema: &'s Schema, nonce: String, most: usize) -> Self {
        Self { schema, nonce, known: Vec::new(), left: most, most }
    }

    /// The key of a hidden field.
    pub(super) fn key(&mut self, field: &str, ty: &Type, next_on: Option<&str>) -> Box<str> {
        let is_known =
            |known: &&Known| *known.field == *field && known.next_on.as_deref() == next_on && known.ty == *ty;
        if let Some(known) = self.known.iter().find(is_known) {
            return known.key.clone();
        }
        let key: Box<str> = format!("{}{}", self.nonce, self.known.len()).into();
        let next_on = next_on.map(Into::into);
        self.known.push(Known { field: field.into(), ty: ty.clone(), next_on, key: key.clone() });
        key
    }

    /// Another key for a field of the client's own; of one type, one key.
    pub(super) fn alias(&mut self, key: &str, ty: &Type) -> Box<str> {
        // No type has this name: no probe has the same key.
        self.key(key, ty, Some(""))
    }

    /// The key of a hidden `__typename`.
    pub(super) fn typename_key(&mut self) -> Box<str> {
        self.key("__typename", &typename(), None)
    }

    /// A hidden `__typename`, for a selection that would be empty.
    pub(super) fn typename(&mut self) -> Result<Field, PlanError> {
        let ty = typename();
        let key = self.typename_key();
        let shape = wrap(&ty, Shape::Leaf(Leaf::Plain));
        self.hidden(key, "__typename", shape)
    }

    /// A hidden field.
    pub(super) fn hidden(&mut self, key: Box<str>, name: &str, shape: Shape) -> Result<Field, PlanError> {
        self.left = self.left.checked_sub(1).ok_or_else(|| PlanError::limit("probes", self.most))?;
        Ok(Field {
            key,
            alias: None,
            name: name.into(),
            is_shown: false,
            arguments: "".into(),
            values: [].into(),
            position: Position::default(),
            guard: None,
            counts: [].into(),
            counts_if_settled: false,
            sought_by: [].into(),
            takes_parent: false,
            shape,
        })
    }

    /// Adds the fields that reveal where an object belongs. A locator that the schema has no fields for finds nothing.
    pub(super) fn locate(
        &mut self,
        type_name: &str,
        guard: &Guard,
        fields: &mut Vec<Field>,
    ) -> Result<Box<[LocatedBy]>, PlanError> {
        let mut located_by = Vec::with_capacity(guard.locators.len());
        for locator in &guard.locators {
            match locator {
                Locator::Inherit => located_by.push(LocatedBy::Inherit),
                Locator::Probe(probe) => located_by.extend(self.probe(type_name, probe, fields)?),
            }
        }
        Ok(located_by.into())
    }

    fn probe(
        &mut self,
        type_name: &str,
        probe: &Probe,
        fields: &mut Vec<Field>,
    ) -> Result<Option<LocatedBy>, PlanError> {
        if !self.exists(type_name, &probe.steps) {
            return Ok(None);
        }
        let mut path = Vec::with_capacity(probe.steps.len());
        self.descend(type_name, &probe.steps, fields, &mut path)?;
        Ok(Some(LocatedBy::Field { path: path.into(), reads: probe.reads }))
    }

    /// Whether the schema has each step, and a scalar at the end.
    fn exists(&self, type_name: &str, steps: &[ProbeStep]) -> bool {
        let schema = self.schema.as_apollo();
        let Some((step, rest)) = steps.split_first() else { return false };
        let asked = step.on.as_deref().unwrap_or(type_name);
        let Ok(definition) = schema.type_field(asked, &step.field) else { return false };
        let needs_arguments = definition.arguments.iter().any(|argument| argument.is_required());
        let below = definition.ty.inner_named_type();
        let Some(kind) = schema.types.get(below) else { return false };
        !needs_arguments
            && !definition.ty.is_list()
            && if rest.is_empty() { kind.is_leaf() } else { self.exists(below, rest) }
    }

    /// Adds the first step to the fields of an object, and the rest below it.
    fn descend(
        &mut self,
        type_name: &str,
        steps: &[ProbeStep],
        fields: &mut Vec<Field>,
        path: &mut Vec<usize>,
    ) -> Result<(), PlanError> {
        let Some((step, rest)) = steps.split_first() else { return Ok(()) };
        let Ok(definition) = self.schema.as_apollo().type_field(type_name, &step.field) else {
            return Ok(());
        };
        let next_on = rest.first().and_then(|next| next.on.as_deref());
        let at = match fields.iter().position(|field| is_asked(field, step)) {
            Some(at) => at,
            None => self.add(definition, next_on, fields)?,
        };
        path.push(at);
        let Some(field) = fields.get_mut(at).filter(|_| !rest.is_empty()) else { return Ok(()) };
        let mut longest = Vec::new();
        for object in objects_for(&mut field.shape, next_on) {
            let mut below = Vec::new();
            let type_name = object.type_name.clone();
            self.descend(&type_name, rest, &mut object.fields, &mut below)?;
            if below.len() > longest.len() {
                longest = below;
            }
        }
        path.extend(longest);
        Ok(())
    }

    /// Adds a hidden field, or finds it.
    fn add(
        &mut self,
        definition: &FieldDefinition,
        next_on: Option<&str>,
        fields: &mut Vec<Field>,
    ) -> Result<usize, PlanError> {
        let key = self.key(&definition.name, &definition.ty, next_on);
        if let Some(at) = fields.iter().position(|field| field.key == key) {
            return Ok(at);
        }
        let shape = self.hidden_shape(&definition.ty)?;
        fields.push(self.hidden(key, &definition.name, shape)?);
        Ok(fields.len() - 1)
    }

    /// The shape of a hidden field, nothing selected yet.
    fn hidden_shape(&mut self, ty: &Type) -> Result<Shape, PlanError> {
        let name = ty.inner_named_type();
        let part = |name: &Name| Object {
            type_name: name.as_str().into(),
            class: Class::Part,
            fields: Vec::new(),
            located_by: [].into(),
        };
        let shape = match self.schema.as_apollo().types.get(name) {
            Some(ExtendedType::Object(_)) => Shape::Object(Box::new(part(name))),
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                Shape::Abstract(Box::new(Abstract {
                    typename_key: self.typename_key(),
                    type_name: name.as_str().into(),
                    objects: self.schema.possible_types(name).iter().map(part).collect(),
                }))
            }
            Some(kind) => Shape::Leaf(leaf(kind)),
            None => Shape::Leaf(Leaf::Plain),
        };
        Ok(wrap(ty, shape))
    }
}

/// Whether the client asks for the same scalar: instances bound how much a document asks for, and count each key.
fn is_asked(field: &Field, step: &ProbeStep) -> bool {
    field.is_shown && field.name == step.field && field.arguments.is_empty() && is_leaf(&field.shape)
}

fn is_leaf(shape: &Shape) -> bool {
    match shape {
        Shape::NonNull(inner) => is_leaf(inner),
        Shape::Leaf(_) => true,
        Shape::List(_) | Shape::Object(_) | Shape::Abstract(_) => false,
    }
}

fn typename() -> Type {
    Type::NonNullNamed(apollo_compiler::name!("String"))
}

/// The objects that a step below this position is asked of: all of them, or those of one type.
fn objects_for<'p>(shape: &'p mut Shape, on: Option<&str>) -> Vec<&'p mut Object> {
    match shape {
        Shape::NonNull(inner) | Shape::List(inner) => objects_for(inner, on),
        Shape::Leaf(_) => Vec::new(),
        Shape::Object(object) => vec![object],
        Shape::Abstract(several) => {
            several.objects.iter_mut().filter(|object| on.is_none_or(|on| *object.type_name == *on)).collect()
        }
    }
}
