//! Fields of one key, asked of the several types that one value may be of.

use apollo_compiler::ast::Type;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::ExtendedType;

use super::probes::Probes;
use super::{Field, Object, Shape};
use crate::Schema;

/// Gives fields another key on the wire where types differ: an interface's field may be `String` in one type and
/// `String!` in the next, and no document may ask for both under one key.
///
/// The objects are all that may stand at one place of the answer.
pub(super) fn tell_apart(schema: &Schema, probes: &mut Probes<'_>, objects: Vec<&mut Object>) {
    if objects.len() < 2 {
        return;
    }
    let mut keys: IndexMap<Box<str>, Vec<(Option<&Type>, &mut Field)>> = IndexMap::default();
    for object in objects {
        for field in &mut object.fields {
            let definition = schema.as_apollo().type_field(&object.type_name, &field.name);
            let ty = definition.ok().map(|definition| &definition.ty);
            keys.entry(field.wire_key().into()).or_default().push((ty, field));
        }
    }
    for fields in keys.into_values().filter(|fields| fields.len() > 1) {
        for same in by_shape(schema, probes, fields) {
            let below = same.into_iter().flat_map(|field| objects_of(&mut field.shape));
            tell_apart(schema, probes, below.collect());
        }
    }
}

/// Fields that may keep one key together; all but the first of these sets get a key of their own.
fn by_shape<'p>(
    schema: &Schema,
    probes: &mut Probes<'_>,
    fields: Vec<(Option<&Type>, &'p mut Field)>,
) -> Vec<Vec<&'p mut Field>> {
    let mut sets: Vec<(Option<&Type>, Vec<&'p mut Field>)> = Vec::new();
    for (ty, field) in fields {
        match sets.iter_mut().find(|(other, _)| is_one_shape(schema, *other, ty)) {
            Some((_, set)) => set.push(field),
            None => sets.push((ty, vec![field])),
        }
    }
    for (ty, set) in sets.iter_mut().skip(1) {
        for field in set {
            field.alias = ty.map(|ty| probes.alias(&field.key, ty));
        }
    }
    sets.into_iter().map(|(_, set)| set).collect()
}

/// The specification's SameResponseShape, of two fields without what is selected of them.
fn is_one_shape(schema: &Schema, some: Option<&Type>, other: Option<&Type>) -> bool {
    match (some, other) {
        (Some(Type::List(some)), Some(Type::List(other)))
        | (Some(Type::NonNullList(some)), Some(Type::NonNullList(other))) => {
            is_one_shape(schema, Some(some), Some(other))
        }
        (Some(Type::Named(some)), Some(Type::Named(other)))
        | (Some(Type::NonNullNamed(some)), Some(Type::NonNullNamed(other))) => {
            let is_leaf = |name| schema.as_apollo().types.get(name).is_some_and(ExtendedType::is_leaf);
            some == other || !is_leaf(some) && !is_leaf(other)
        }
        _ => false,
    }
}

fn objects_of(shape: &mut Shape) -> Vec<&mut Object> {
    match shape {
        Shape::NonNull(inner) | Shape::List(inner) => objects_of(inner),
        Shape::Leaf(_) => Vec::new(),
        Shape::Object(object) => vec![object],
        Shape::Abstract(several) => several.objects.iter_mut().collect(),
    }
}
