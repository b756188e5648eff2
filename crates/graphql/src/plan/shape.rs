//! Types of the schema as shapes of an answer.

use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;

use super::{Leaf, Shape};

/// Scalars of GitLab's own that are written as a string or a number. Its global ids are too: their names end in `ID`.
const PLAIN: [&str; 15] = [
    "BigInt",
    "Boolean",
    "Color",
    "Date",
    "DateTime",
    "Duration",
    "Float",
    "ID",
    "ISO8601Date",
    "ISO8601DateTime",
    "Int",
    "String",
    "Time",
    "UntrustedRegexp",
    "Upload",
];

/// What a leaf of this scalar or enum may be.
pub(super) fn leaf(kind: &ExtendedType) -> Leaf {
    let name = kind.name().as_str();
    if kind.is_enum() || PLAIN.contains(&name) || name.ends_with("ID") { Leaf::Plain } else { Leaf::Any }
}

/// The shape of a field of this type, whose named type looks like `named`.
pub(super) fn wrap(ty: &Type, named: Shape) -> Shape {
    match ty {
        Type::Named(_) => named,
        Type::NonNullNamed(_) => Shape::NonNull(Box::new(named)),
        Type::List(item) => Shape::List(Box::new(wrap(item, named))),
        Type::NonNullList(item) => Shape::NonNull(Box::new(Shape::List(Box::new(wrap(item, named))))),
    }
}
