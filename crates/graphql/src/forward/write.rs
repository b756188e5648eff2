//! A plan as GraphQL text.

use crate::plan::{Field, Kind, Object, Plan, Shape, VariableDefinition};

/// The operation with these of its root's fields.
pub(super) fn document<'p>(
    plan: &'p Plan,
    variables: &[&VariableDefinition],
    fields: impl Iterator<Item = &'p Field>,
) -> String {
    let mut out = String::with_capacity(1024);
    out.push_str(match plan.kind {
        Kind::Query => "query",
        Kind::Mutation => "mutation",
    });
    if let Some(name) = &plan.name {
        out.push(' ');
        out.push_str(name);
    }
    for (at, VariableDefinition { name, definition, .. }) in variables.iter().enumerate() {
        out.push_str(if at == 0 { "(" } else { ", " });
        out.extend(["$", name, ": ", definition]);
    }
    if !variables.is_empty() {
        out.push(')');
    }
    out.push_str(" {");
    fields.for_each(|field| write_field(&mut out, field));
    out.push_str(" }");
    out
}

fn write_field(out: &mut String, field: &Field) {
    out.push(' ');
    if *field.wire_key() != *field.name {
        out.extend([field.wire_key(), ": "]);
    }
    out.extend([&field.name, &*field.arguments]);
    write_selection(out, &field.shape);
}

fn write_selection(out: &mut String, shape: &Shape) {
    match shape {
        Shape::NonNull(inner) | Shape::List(inner) => write_selection(out, inner),
        Shape::Leaf(_) => {}
        Shape::Object(object) => write_fields(out, object),
        Shape::Abstract(several) => {
            out.extend([" { ", &several.typename_key, ": __typename"]);
            for object in several.objects.iter().filter(|object| !object.fields.is_empty()) {
                out.extend([" ... on ", &object.type_name]);
                write_fields(out, object);
            }
            out.push_str(" }");
        }
    }
}

fn write_fields(out: &mut String, object: &Object) {
    out.push_str(" {");
    object.fields.iter().for_each(|field| write_field(out, field));
    out.push_str(" }");
}
