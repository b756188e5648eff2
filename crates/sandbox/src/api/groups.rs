//! Groups.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::http::{ApiError, Call, Need, Reply, accepted, created, json as answer};
use crate::view;
use crate::world::{Container, Group, Member, Namespace, Visibility, World};

pub(super) fn routes() -> Router<Forge> {
    Router::new()
        .route("/groups", get(list).post(create))
        .route("/groups/{id}", get(show).put(update).delete(remove))
        .route("/groups/{id}/subgroups", get(subgroups))
        .route("/groups/{id}/descendant_groups", get(descendants))
}

async fn list(call: Call) -> Reply {
    listing(&call, |_, _| true)
}

async fn subgroups(Path(id): Path<String>, call: Call) -> Reply {
    let parent = call.group(&call.forge.world(), &id, Need::Read(Role::Guest))?.id;
    listing(&call, move |_, group| group.parent == Some(parent))
}

async fn descendants(Path(id): Path<String>, call: Call) -> Reply {
    let parent = call.group(&call.forge.world(), &id, Need::Read(Role::Guest))?.id;
    listing(&call, move |world, group| group.id != parent && world.group_chain(group.id).contains(&parent))
}

fn listing(call: &Call, keep: impl Fn(&World, &Group) -> bool) -> Reply {
    let search = call.params.text("search").map(|text| text.to_lowercase());
    let top = call.params.flag("top_level_only").unwrap_or(false);
    let least = call.params.number("min_access_level");
    let owned = call.params.flag("owned").unwrap_or(false);
    let groups: Vec<Value> = {
        let world = call.forge.world();
        let seen = world.groups.values().filter(|group| {
            let level = world.group_level(call.viewer.user, &world.group_chain(group.id));
            world.standing_in_group(call.viewer.user, group).sees()
                && keep(&world, group)
                && (!top || group.parent.is_none())
                && (!owned || level == Some(50))
                && least.is_none_or(|least| level.is_some_and(|level| level >= least))
                && search
                    .as_ref()
                    .is_none_or(|text| world.group_path(group.id).to_lowercase().contains(text.as_str()))
        });
        seen.map(|group| view::group_in_list(&world, call.forge.url(), group)).collect()
    };
    call.page(groups)
}

fn detail(call: &Call, world: &World, group: &Group) -> Value {
    let with_projects = call.params.flag("with_projects").unwrap_or(true);
    let inside = world.projects.values().filter(|project| {
        with_projects
            && project.namespace == Namespace::Group(group.id)
            && world.standing_in_project(call.viewer.user, project).sees()
    });
    let projects: Vec<Value> =
        inside.map(|project| view::project(world, call.forge.url(), project, &call.viewer)).collect();
    let secrets = world.standing_in_group(call.viewer.user, group).role >= Role::Owner;
    view::group(world, call.forge.url(), group, &projects, secrets)
}

async fn show(Path(id): Path<String>, call: Call) -> Reply {
    let world = call.forge.world();
    let group = call.group(&world, &id, Need::Read(Role::Guest))?;
    Ok(answer(StatusCode::OK, &detail(&call, &world, &group)))
}

async fn create(call: Call) -> Reply {
    let user = call.viewer.signed_in()?;
    let mut world = call.forge.world();
    let parent = match call.params.number("parent_id") {
        Some(parent) => Some(call.group(&world, &parent.to_string(), Need::Write(Role::Maintainer))?.id),
        None => None,
    };
    let mut group = Group {
        id: 0,
        parent,
        path: call.params.required("path")?,
        name: call.params.required("name")?,
        description: String::new(),
        visibility: Visibility::Private,
        created_at: call.forge.now(),
    };
    apply(&call, &mut group)?;
    let mut siblings = world.groups.values().filter(|other| other.parent == group.parent);
    if siblings.any(|other| other.path.eq_ignore_ascii_case(&group.path)) {
        let taken = json!({ "path": ["has already been taken"] });
        return Err(ApiError::bad_request(format!("Failed to save group {taken}")));
    }
    group.id = world.next_id("namespace");
    world.groups.insert(group.id, group.clone());
    let owner = Member { access_level: 50, created_at: group.created_at, expires_at: None };
    world.members.insert((Container::Group(group.id), user), owner);
    Ok(created(&detail(&call, &world, &group)))
}

fn apply(call: &Call, group: &mut Group) -> Result<(), ApiError> {
    if let Some(text) = call.params.text("visibility") {
        group.visibility = Visibility::parse(&text)
            .ok_or_else(|| ApiError::bad_parameter("visibility does not have a valid value"))?;
    }
    if let Some(description) = call.params.text("description") {
        group.description = description;
    }
    if let Some(name) = call.params.text("name") {
        group.name = name;
    }
    if let Some(path) = call.params.text("path") {
        group.path = path;
    }
    Ok(())
}

async fn update(Path(id): Path<String>, call: Call) -> Reply {
    let mut world = call.forge.world();
    let mut group = call.group(&world, &id, Need::Write(Role::Owner))?;
    apply(&call, &mut group)?;
    world.groups.insert(group.id, group.clone());
    Ok(answer(StatusCode::OK, &detail(&call, &world, &group)))
}

async fn remove(Path(id): Path<String>, call: Call) -> Reply {
    let mut world = call.forge.world();
    let group = call.group(&world, &id, Need::Write(Role::Owner))?.id;
    let below = |world: &World, chain: Vec<u64>| world.groups.contains_key(&group) && chain.contains(&group);
    let projects: Vec<u64> =
        world.projects.values().filter(|it| below(&world, world.project_chain(it))).map(|it| it.id).collect();
    let groups: Vec<u64> =
        world.groups.keys().copied().filter(|id| below(&world, world.group_chain(*id))).collect();
    for id in projects {
        world.projects.remove(&id);
        world.clear_container(Container::Project(id));
    }
    for id in groups {
        world.groups.remove(&id);
        world.clear_container(Container::Group(id));
    }
    Ok(accepted())
}
