//! Grants in the form of GitLab's API (`granular_scopes`).

use serde_json::{Value, json};

/// The permissions on one selected project.
pub fn project(id: u64, permissions: &[&str]) -> Value {
    json!({ "access": "selected_memberships", "permissions": permissions, "project_ids": [id] })
}

/// The permissions on one selected group and all that is below it.
pub fn group(id: u64, permissions: &[&str]) -> Value {
    json!({ "access": "selected_memberships", "permissions": permissions, "group_ids": [id] })
}

/// The permissions on the user.
pub fn user(permissions: &[&str]) -> Value {
    json!({ "access": "user", "permissions": permissions })
}

/// The permissions on the instance.
pub fn instance(permissions: &[&str]) -> Value {
    json!({ "access": "instance", "permissions": permissions })
}

/// The permissions on everything that the owner is a member of.
pub fn memberships(permissions: &[&str]) -> Value {
    json!({ "access": "all_memberships", "permissions": permissions })
}

/// The permissions on the projects in the owner's own namespace.
pub fn personal(permissions: &[&str]) -> Value {
    json!({ "access": "personal_projects", "permissions": permissions })
}
