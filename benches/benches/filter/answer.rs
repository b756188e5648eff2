//! An answer to a plan, as an instance would give it.

use narrowgate_graphql::plan::{Object, Plan, Shape};
use serde_json::{Map, Value, json};

/// Issues of two projects, by turns, each with two labels.
pub(super) fn to(plan: &Plan, issues: usize) -> Vec<u8> {
    let answer = json!({ "data": object(&plan.root, issues, 1) });
    answer.to_string().into_bytes()
}

fn object(object_type: &Object, issues: usize, number: usize) -> Value {
    let field = |field: &narrowgate_graphql::plan::Field| {
        let value = value(&field.shape, &object_type.type_name, &field.name, issues, number);
        (field.wire_key().to_owned(), value)
    };
    object_type.fields.iter().map(field).collect::<Map<_, _>>().into()
}

fn value(shape: &Shape, type_name: &str, name: &str, issues: usize, number: usize) -> Value {
    let project = 1 + number % 2;
    match shape {
        Shape::NonNull(inner) => value(inner, type_name, name, issues, number),
        Shape::List(item) => {
            let items = if type_name == "IssueConnection" { 0..issues } else { 0..2 };
            items.map(|item_number| value(item, type_name, name, issues, item_number + number)).collect()
        }
        Shape::Object(below) => object(below, issues, number),
        Shape::Abstract(several) => {
            several.objects.first().map_or(Value::Null, |below| object(below, issues, number))
        }
        Shape::Leaf(_) => match (type_name, name) {
            ("Project", "id") => json!(format!("gid://gitlab/Project/{project}")),
            (_, "id") => json!(format!("gid://gitlab/{type_name}/{number}")),
            (_, "projectId") => json!(project),
            (_, "weight") => json!(number),
            (_, "hasNextPage") => json!(true),
            (_, "createdAt") => json!("2026-11-21T03:10:00Z"),
            (_, "webUrl") => json!(format!("https://gitlab.example.com/acme/web/-/issues/{number}")),
            (_, "description") => json!("Steps:\n\n1. open it\n2. wait\n\n> \"it hangs\"\n".repeat(4)),
            _ => json!(format!("{name} of {type_name} {number}")),
        },
    }
}
