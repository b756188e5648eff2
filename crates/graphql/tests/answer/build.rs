//! Plans made by hand.

use std::sync::Arc;

use narrowgate_catalog::{BoundaryType, PermissionId};
use narrowgate_graphql::guard::{Alternative, Class, FieldGuard, Guard, Need, Reads, Rule, Rules, Source};
use narrowgate_graphql::plan::{Abstract, Field, Kind, Leaf, LocatedBy, Object, Plan, Position, Root, Shape};

/// The key of every hidden `__typename`.
pub(crate) const TYPENAME: &str = "ng1_0";

pub(crate) fn plan(fields: Vec<Field>) -> Plan {
    let root = || Root { is_covered: true, guard: None, container: None, variables: [].into() };
    let roots = fields.iter().map(|_| root()).collect();
    let root = object("Query", Class::Structural, fields);
    Plan { kind: Kind::Query, name: None, root, roots, variables: [].into() }
}

pub(crate) fn object(type_name: &str, class: Class, fields: Vec<Field>) -> Object {
    Object { type_name: type_name.into(), class, fields, located_by: [].into() }
}

/// Guarded, with its place in a hidden `ng1_1` that comes last.
pub(crate) fn located(type_name: &str, rules: &Arc<Rules>, mut fields: Vec<Field>) -> Object {
    fields.push(hidden("ng1_1", leaf()));
    let path = [fields.len() - 1].into();
    let located_by = [LocatedBy::Field { path, reads: Reads::GlobalId }].into();
    Object { located_by, ..object(type_name, guarded(rules), fields) }
}

pub(crate) fn guarded(rules: &Arc<Rules>) -> Class {
    Class::Guarded(Arc::new(Guard { rules: Arc::clone(rules), locators: [].into() }))
}

pub(crate) fn rules(id: u32, permission: usize, boundaries: &[BoundaryType]) -> Arc<Rules> {
    let rule = Rule { permissions: [permission_id(permission)].into(), boundaries: boundaries.into() };
    Arc::new(Rules { id, any: [rule].into() })
}

pub(crate) fn permission_id(index: usize) -> PermissionId {
    PermissionId::new(index).unwrap()
}

/// What needs a permission on the object that the field is asked of.
pub(crate) fn of_parent(permission: usize) -> Arc<FieldGuard> {
    let sources = [BoundaryType::Project, BoundaryType::Group].map(Source::Parent).into();
    let way = Alternative { permissions: [permission_id(permission)].into(), sources };
    Arc::new(FieldGuard { needs: [Need { any: [way].into(), optional: false }].into(), elsewhere: false })
}

pub(crate) fn field(key: &str, shape: Shape) -> Field {
    Field {
        key: key.into(),
        alias: None,
        name: key.into(),
        is_shown: true,
        arguments: "".into(),
        values: [].into(),
        position: Position { line: 1, column: key.len() },
        guard: None,
        counts: [].into(),
        counts_if_settled: false,
        sought_by: [].into(),
        takes_parent: false,
        shape,
    }
}

pub(crate) fn hidden(key: &str, shape: Shape) -> Field {
    Field { is_shown: false, ..field(key, shape) }
}

pub(crate) fn leaf() -> Shape {
    Shape::Leaf(Leaf::Plain)
}

pub(crate) fn of(object: Object) -> Shape {
    Shape::Object(Box::new(object))
}

pub(crate) fn one_of(objects: Vec<Object>) -> Shape {
    Shape::Abstract(Box::new(Abstract { typename_key: TYPENAME.into(), type_name: "Any".into(), objects }))
}

pub(crate) fn list(item: Shape) -> Shape {
    Shape::List(Box::new(item))
}

pub(crate) fn non_null(shape: Shape) -> Shape {
    Shape::NonNull(Box::new(shape))
}
