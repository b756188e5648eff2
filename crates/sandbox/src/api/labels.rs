//! Labels.

use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::resource::{Making, Resource};

pub(super) static LABELS: Resource = Resource {
    kind: "label",
    title: "Label",
    path: "labels",
    names: &["id", "name"],
    read: Role::Guest,
    write: Role::Planner,
    required: &["name", "color"],
    editable: &["color", "description", "priority"],
    renames: &[("new_name", "name")],
    unique: Some("name"),
    settle: |_, _| {},
    make: label,
};

fn label(making: &Making<'_>) -> Value {
    let params = making.params;
    json!({
        "id": making.id,
        "name": params.or("name", ""),
        "description": params.or("description", Value::Null),
        "description_html": "",
        "text_color": "#FFFFFF",
        "color": params.or("color", "#428BCA"),
        "archived": false,
        "open_issues_count": 0,
        "closed_issues_count": 0,
        "open_merge_requests_count": 0,
        "subscribed": false,
        "priority": params.or("priority", Value::Null),
        "is_project_label": making.place.is_project(),
    })
}
