//! The answer's form, and what it is read from.

use narrowgate_catalog::Role;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize)]
pub(super) struct Associations {
    pub(super) groups: Vec<Group>,
    pub(super) projects: Vec<Project>,
}

/// An entry of the instance's list of groups.
#[derive(Deserialize)]
pub(super) struct GroupSource {
    pub(super) id: u64,
    #[serde(default)]
    web_url: Value,
    #[serde(default)]
    name: Value,
    #[serde(default)]
    parent_id: Value,
    #[serde(default)]
    organization_id: Value,
    #[serde(default)]
    visibility: Value,
}

/// A group, whose `access_levels` GitLab writes as one number.
#[derive(Serialize)]
pub(super) struct Group {
    id: u64,
    web_url: Value,
    name: Value,
    parent_id: Value,
    organization_id: Value,
    access_levels: Option<u8>,
    visibility: Value,
}

impl Group {
    pub(super) fn of(source: GroupSource, role: Option<Role>) -> Self {
        let GroupSource { id, web_url, name, parent_id, organization_id, visibility } = source;
        let access_levels = role.map(Role::access_level);
        Self { id, web_url, name, parent_id, organization_id, access_levels, visibility }
    }
}

/// An entry of the instance's list of projects.
#[derive(Deserialize)]
pub(super) struct ProjectSource {
    pub(super) id: u64,
    #[serde(flatten)]
    described: Described,
    #[serde(default)]
    permissions: Permissions,
    #[serde(flatten)]
    placed: Placed,
}

#[derive(Serialize, Deserialize)]
struct Described {
    #[serde(default)]
    description: Value,
    #[serde(default)]
    name: Value,
    #[serde(default)]
    name_with_namespace: Value,
    #[serde(default)]
    path: Value,
    #[serde(default)]
    path_with_namespace: Value,
    #[serde(default)]
    created_at: Value,
}

#[derive(Serialize, Deserialize)]
struct Placed {
    #[serde(default)]
    visibility: Value,
    #[serde(default)]
    web_url: Value,
    #[serde(default)]
    namespace: Option<Namespace>,
}

#[derive(Serialize, Deserialize)]
struct Namespace {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    name: Value,
    #[serde(default)]
    path: Value,
    #[serde(default)]
    kind: Value,
    #[serde(default)]
    full_path: Value,
    #[serde(default)]
    parent_id: Value,
    #[serde(default)]
    avatar_url: Value,
    #[serde(default)]
    web_url: Value,
}

#[derive(Default, Deserialize)]
struct Permissions {
    #[serde(default)]
    project_access: Option<AccessSource>,
    #[serde(default)]
    group_access: Option<AccessSource>,
}

#[derive(Deserialize)]
struct AccessSource {
    access_level: u64,
}

/// A project, whose `access_levels` GitLab writes as an object.
#[derive(Serialize)]
pub(super) struct Project {
    id: u64,
    #[serde(flatten)]
    described: Described,
    access_levels: Levels,
    #[serde(flatten)]
    placed: Placed,
}

#[derive(Serialize)]
struct Levels {
    project_access_level: Option<u64>,
    group_access_level: Option<u64>,
}

impl Project {
    pub(super) fn of(source: ProjectSource) -> Self {
        let Permissions { project_access, group_access } = source.permissions;
        let access_levels = Levels {
            project_access_level: project_access.map(|access| access.access_level),
            group_access_level: group_access.map(|access| access.access_level),
        };
        Self { id: source.id, described: source.described, access_levels, placed: source.placed }
    }
}
