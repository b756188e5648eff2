//! Groups.

use serde_json::{Value, json};

use super::user::extend;
use crate::http::iso;
use crate::world::{Group, World};

/// A group in a listing.
pub(crate) fn group_in_list(world: &World, url: &str, group: &Group) -> Value {
    let full_path = world.group_path(group.id);
    json!({
        "id": group.id,
        "web_url": format!("{url}/groups/{full_path}"),
        "name": group.name,
        "path": group.path,
        "description": group.description,
        "visibility": group.visibility.as_str(),
        "share_with_group_lock": false,
        "require_two_factor_authentication": false,
        "two_factor_grace_period": 48,
        "project_creation_level": "developer",
        "auto_devops_enabled": null,
        "subgroup_creation_level": "maintainer",
        "emails_disabled": false,
        "emails_enabled": true,
        "mentions_disabled": null,
        "lfs_enabled": true,
        "archived": false,
        "default_branch": null,
        "default_branch_protection": 2,
        "avatar_url": null,
        "request_access_enabled": true,
        "full_name": world.group_name(group.id),
        "full_path": full_path,
        "created_at": iso(group.created_at),
        "parent_id": group.parent,
        "organization_id": 1,
        "shared_runners_setting": "enabled",
        "ldap_cn": null,
        "ldap_access": null,
        "wiki_access_level": "enabled",
    })
}

/// A group by itself. `secrets` are shown to owners.
pub(crate) fn group(world: &World, url: &str, of: &Group, projects: &[Value], secrets: bool) -> Value {
    let mut view = group_in_list(world, url, of);
    extend(&mut view, json!({ "shared_with_groups": [], "projects": projects, "shared_projects": [] }));
    if secrets {
        extend(&mut view, json!({ "runners_token": format!("GR1348941group{}", of.id) }));
    }
    view
}
