//! Webhooks.

use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::resource::{Making, Resource};
use crate::world::object;

/// The events that a webhook may be called for.
const EVENTS: [&str; 15] = [
    "push_events",
    "tag_push_events",
    "merge_requests_events",
    "repository_update_events",
    "enable_ssl_verification",
    "issues_events",
    "confidential_issues_events",
    "note_events",
    "confidential_note_events",
    "pipeline_events",
    "wiki_page_events",
    "deployment_events",
    "feature_flag_events",
    "job_events",
    "releases_events",
];

pub(super) static HOOKS: Resource = Resource {
    kind: "hook",
    title: "Hook",
    path: "hooks",
    names: &["id"],
    read: Role::Maintainer,
    write: Role::Maintainer,
    required: &["url"],
    editable: &["url", "name", "description", "push_events", "issues_events", "merge_requests_events"],
    renames: &[],
    unique: None,
    settle: |_, _| {},
    shows_removed: false,
    make: hook,
};

fn hook(making: &Making<'_>) -> Value {
    let params = making.params;
    let mut hook = object(json!({
        "id": making.id,
        "url": params.or("url", ""),
        "name": params.or("name", Value::Null),
        "description": params.or("description", Value::Null),
        "created_at": making.now,
        "alert_status": "executable",
        "disabled_until": null,
        "url_variables": [],
        "push_events_branch_filter": params.or("push_events_branch_filter", Value::Null),
        "branch_filter_strategy": "wildcard",
        "custom_webhook_template": "",
        "custom_headers": [],
    }));
    for event in EVENTS {
        let on = matches!(event, "push_events" | "enable_ssl_verification");
        hook.insert(event.to_owned(), params.or(event, on));
    }
    let owner = if making.place.is_project() { "project_id" } else { "group_id" };
    hook.insert(owner.to_owned(), json!(making.place.id));
    Value::Object(hook)
}
