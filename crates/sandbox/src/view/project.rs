//! Projects and namespaces.

use serde_json::{Value, json};

use super::user::{author, extend};
use crate::http::{Viewer, iso};
use crate::world::{Namespace, Project, World};
use narrowgate_catalog::Role;

/// The namespace block of a project.
pub(crate) fn namespace(world: &World, url: &str, of: Namespace) -> Value {
    let path = world.namespace_path(of);
    let name = world.namespace_name(of);
    match of {
        Namespace::Group(id) => {
            let group = world.groups.get(&id);
            json!({
                "id": id,
                "name": group.map(|group| group.name.clone()),
                "path": group.map(|group| group.path.clone()),
                "kind": "group",
                "full_path": path,
                "parent_id": group.and_then(|group| group.parent),
                "avatar_url": null,
                "web_url": format!("{url}/groups/{path}"),
            })
        }
        Namespace::User(id) => json!({
            "id": world.users.get(&id).map(crate::world::User::namespace_id),
            "name": name,
            "path": path,
            "kind": "user",
            "full_path": path,
            "parent_id": null,
            "avatar_url": null,
            "web_url": format!("{url}/{path}"),
        }),
    }
}

/// The fields that every mention of a project has.
pub(crate) fn project_brief(world: &World, url: &str, project: &Project) -> Value {
    let path = world.project_path(project);
    let host =
        url.split_once("://").map_or(url, |(_, rest)| rest).split([':', '/']).next().unwrap_or_default();
    json!({
        "id": project.id,
        "description": project.description,
        "name": project.name,
        "name_with_namespace": format!("{} / {}", world.namespace_name(project.namespace), project.name),
        "path": project.path,
        "path_with_namespace": path,
        "created_at": iso(project.created_at),
        "default_branch": project.default_branch,
        "tag_list": project.topics,
        "topics": project.topics,
        "ssh_url_to_repo": format!("git@{host}:{path}.git"),
        "http_url_to_repo": format!("{url}/{path}.git"),
        "web_url": format!("{url}/{path}"),
        "readme_url": format!("{url}/{path}/-/blob/{}/README.md", project.default_branch),
        "forks_count": 0,
        "avatar_url": null,
        "star_count": 0,
        "last_activity_at": iso(project.created_at),
        "visibility": project.visibility.as_str(),
        "namespace": namespace(world, url, project.namespace),
    })
}

/// A project as a viewer sees it.
pub(crate) fn project(world: &World, url: &str, project: &Project, viewer: &Viewer) -> Value {
    let mut view = project_brief(world, url, project);
    let path = world.project_path(project);
    extend(&mut view, settings(project, url, &path));
    if let Namespace::User(owner) = project.namespace {
        let owner = world.users.get(&owner).map(|user| author(url, user));
        extend(&mut view, json!({ "owner": owner }));
    }
    if viewer.user.is_some() {
        extend(&mut view, json!({ "permissions": permissions(world, project, viewer.user) }));
    }
    if world.standing_in_project(viewer.user, project).role >= Role::Maintainer {
        extend(&mut view, json!({ "runners_token": project.runners_token }));
    }
    view
}

fn permissions(world: &World, project: &Project, user: Option<u64>) -> Value {
    let access =
        |level: Option<u64>| level.map(|level| json!({ "access_level": level, "notification_level": 3 }));
    json!({
        "project_access": access(world.project_level(user, project)),
        "group_access": access(world.group_level(user, &world.project_chain(project))),
    })
}

fn settings(project: &Project, url: &str, path: &str) -> Value {
    let api = format!("{url}/api/v4/projects/{}", project.id);
    let links = json!({
        "self": api,
        "issues": format!("{api}/issues"),
        "merge_requests": format!("{api}/merge_requests"),
        "repo_branches": format!("{api}/repository/branches"),
        "labels": format!("{api}/labels"),
        "events": format!("{api}/events"),
        "members": format!("{api}/members"),
        "cluster_agents": format!("{api}/cluster_agents"),
    });
    json!({
        "container_registry_image_prefix": format!("registry.example.com/{path}"),
        "_links": links,
        "packages_enabled": true,
        "empty_repo": false,
        "archived": project.archived,
        "resolve_outdated_diff_discussions": false,
        "repository_object_format": "sha1",
        "issues_enabled": true,
        "merge_requests_enabled": true,
        "wiki_enabled": true,
        "jobs_enabled": true,
        "snippets_enabled": true,
        "container_registry_enabled": true,
        "service_desk_enabled": false,
        "can_create_merge_request_in": true,
        "issues_access_level": "enabled",
        "repository_access_level": "enabled",
        "merge_requests_access_level": "enabled",
        "forking_access_level": "enabled",
        "wiki_access_level": "enabled",
        "builds_access_level": "enabled",
        "snippets_access_level": "enabled",
        "shared_runners_enabled": true,
        "lfs_enabled": true,
        "creator_id": project.creator,
        "import_status": "none",
        "open_issues_count": 0,
        "description_html": "",
        "updated_at": iso(project.created_at),
        "ci_default_git_depth": 20,
        "public_jobs": true,
        "shared_with_groups": [],
        "only_allow_merge_if_pipeline_succeeds": false,
        "request_access_enabled": true,
        "remove_source_branch_after_merge": true,
        "merge_method": "merge",
        "squash_option": "default_off",
        "autoclose_referenced_issues": true,
    })
}
