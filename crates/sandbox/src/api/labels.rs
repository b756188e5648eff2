//! Labels.

use axum::Router;
use axum::extract::Path;
use axum::routing::put;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::resource::{Making, Owner, Resource};
use crate::forge::Forge;
use crate::http::{ApiError, Call};

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
    shows_removed: false,
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

/// The older endpoints that name a label by a parameter; clients still use them.
pub(super) fn by_parameter() -> Router<Forge> {
    let change = put(|Path(id): Path<String>, call: Call| async move {
        let key = named(&call)?;
        LABELS.update(Owner::Project, Path((id, key)), call).await
    });
    let routes = change.delete(|Path(id): Path<String>, call: Call| async move {
        let key = named(&call)?;
        LABELS.remove(Owner::Project, Path((id, key)), call).await
    });
    Router::new().route("/projects/{id}/labels", routes)
}

fn named(call: &Call) -> Result<String, ApiError> {
    let key = call.params.text("label_id").or_else(|| call.params.text("name"));
    key.ok_or_else(|| {
        ApiError::bad_parameter("label_id, name are missing, exactly one parameter must be provided")
    })
}
