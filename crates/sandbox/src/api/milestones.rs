//! Milestones.

use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::resource::{Making, Resource};
use crate::http::Params;
use crate::world::{Record, object};

pub(super) static MILESTONES: Resource = Resource {
    kind: "milestone",
    title: "Milestone",
    path: "milestones",
    names: &["id"],
    read: Role::Guest,
    write: Role::Planner,
    required: &["title"],
    editable: &["title", "description", "due_date", "start_date"],
    renames: &[],
    unique: Some("title"),
    settle,
    shows_removed: false,
    make: milestone,
};

fn milestone(making: &Making<'_>) -> Value {
    let params = making.params;
    let mut milestone = object(json!({
        "id": making.id,
        "iid": making.iid,
        "title": params.or("title", ""),
        "description": params.or("description", ""),
        "state": "active",
        "created_at": making.now,
        "updated_at": making.now,
        "due_date": params.or("due_date", Value::Null),
        "start_date": params.or("start_date", Value::Null),
        "expired": false,
        "web_url": format!("{}/-/milestones/{}", making.place.web_url, making.iid),
    }));
    let owner = if making.place.is_project() { "project_id" } else { "group_id" };
    milestone.insert(owner.to_owned(), json!(making.place.id));
    Value::Object(milestone)
}

fn settle(record: &mut Record, params: &Params) {
    let state = match params.text("state_event").as_deref() {
        Some("close") => "closed",
        Some("activate") => "active",
        _ => return,
    };
    record.insert("state".to_owned(), json!(state));
}
