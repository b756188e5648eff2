//! Members of projects and groups.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use narrowgate_catalog::Role;
use serde_json::Value;

use crate::forge::Forge;
use crate::http::{ApiError, Call, Need, Reply, created, deleted, json};
use crate::view;
use crate::world::{Container, Member, Namespace, Project, World};

pub(super) fn routes() -> Router<Forge> {
    let mut router = Router::new();
    for kind in [Kind::Project, Kind::Group] {
        let base = format!("/{}/{{id}}/members", kind.plural());
        let one = get(move |path: Path<(String, String)>, call: Call| show(path, call, kind, false))
            .put(move |path: Path<(String, String)>, call: Call| update(path, call, kind))
            .delete(move |path: Path<(String, String)>, call: Call| remove(path, call, kind));
        let inherited = get(move |path: Path<(String, String)>, call: Call| show(path, call, kind, true));
        router = router
            .route(
                &base,
                get(move |path: Path<String>, call: Call| list(path, call, kind, false))
                    .post(move |path: Path<String>, call: Call| add(path, call, kind)),
            )
            .route(
                &format!("{base}/all"),
                get(move |path: Path<String>, call: Call| list(path, call, kind, true)),
            )
            .route(&format!("{base}/all/{{user}}"), inherited)
            .route(&format!("{base}/{{user}}"), one);
    }
    router
}

#[derive(Clone, Copy)]
enum Kind {
    Project,
    Group,
}

impl Kind {
    fn plural(self) -> &'static str {
        match self {
            Self::Project => "projects",
            Self::Group => "groups",
        }
    }
}

/// The place itself first, then the groups above it.
fn places(call: &Call, world: &World, kind: Kind, id: &str, need: Need) -> Result<Vec<Container>, ApiError> {
    Ok(match kind {
        Kind::Project => {
            let project = call.project(world, id, need)?;
            let above = world.project_chain(&project).into_iter().map(Container::Group);
            std::iter::once(Container::Project(project.id)).chain(above).collect()
        }
        Kind::Group => {
            let group = call.group(world, id, need)?;
            world.group_chain(group.id).into_iter().map(Container::Group).collect()
        }
    })
}

/// The members of the first place, or of all of them.
fn members(world: &World, places: &[Container], inherited: bool) -> Vec<(u64, Member)> {
    let considered = if inherited { places } else { places.get(..1).unwrap_or_default() };
    let mut members = world.all_members(considered);
    let owner = places.first().and_then(|place| owner_of(world, *place));
    if let Some((owner, project)) = owner
        && members.iter().all(|(id, _)| *id != owner)
    {
        members.push((owner, Member { access_level: 50, created_at: project.created_at, expires_at: None }));
    }
    members
}

/// The owner of a personal project is its member, too.
fn owner_of(world: &World, place: Container) -> Option<(u64, &Project)> {
    let Container::Project(id) = place else { return None };
    let project = world.projects.get(&id)?;
    match project.namespace {
        Namespace::User(owner) => Some((owner, project)),
        Namespace::Group(_) => None,
    }
}

fn member_view(call: &Call, world: &World, user: u64, member: &Member) -> Option<Value> {
    world.users.get(&user).map(|user| view::member(call.forge.url(), user, member))
}

async fn list(Path(id): Path<String>, call: Call, kind: Kind, inherited: bool) -> Reply {
    let query = call.params.text("query").unwrap_or_default().to_lowercase();
    let found = {
        let world = call.forge.world();
        let places = places(&call, &world, kind, &id, Need::Read(Role::Guest))?;
        let members = members(&world, &places, inherited);
        let members = members.iter().filter_map(|(user, member)| member_view(&call, &world, *user, member));
        members.filter(|view| view.to_string().to_lowercase().contains(&query)).collect()
    };
    call.page(found)
}

async fn show(Path((id, user)): Path<(String, String)>, call: Call, kind: Kind, inherited: bool) -> Reply {
    let world = call.forge.world();
    let places = places(&call, &world, kind, &id, Need::Read(Role::Guest))?;
    let members = members(&world, &places, inherited);
    let found = members.iter().find(|(id, _)| id.to_string() == user);
    let view = found.and_then(|(user, member)| member_view(&call, &world, *user, member));
    Ok(json(StatusCode::OK, &view.ok_or_else(ApiError::missing)?))
}

/// The first place, if the viewer may manage its members.
fn managed(call: &Call, world: &World, kind: Kind, id: &str) -> Result<Container, ApiError> {
    let role = if matches!(kind, Kind::Group) { Role::Owner } else { Role::Maintainer };
    let places = places(call, world, kind, id, Need::Write(role))?;
    places.first().copied().ok_or_else(ApiError::missing)
}

fn access_level(call: &Call) -> Result<u64, ApiError> {
    call.params.required("access_level")?;
    let level =
        call.params.number("access_level").filter(|level| [5, 10, 15, 20, 25, 30, 40, 50].contains(level));
    level.ok_or_else(|| ApiError::bad_parameter("access_level does not have a valid value"))
}

async fn add(Path(id): Path<String>, call: Call, kind: Kind) -> Reply {
    let mut world = call.forge.world();
    let place = managed(&call, &world, kind, &id)?;
    let user = match (call.params.number("user_id"), call.params.text("username")) {
        (Some(id), _) => Some(id),
        (None, Some(name)) => world.user_named(&name).map(|user| user.id),
        (None, None) => {
            return Err(ApiError::bad_parameter(
                "user_id, username are missing, exactly one parameter must be provided",
            ));
        }
    };
    let user = user.filter(|id| world.users.contains_key(id)).ok_or_else(|| ApiError::not_found("User"))?;
    let access_level = access_level(&call)?;
    if world.members.contains_key(&(place, user)) {
        return Err(ApiError::conflict("Member already exists"));
    }
    let member =
        Member { access_level, created_at: call.forge.now(), expires_at: call.params.text("expires_at") };
    world.members.insert((place, user), member.clone());
    Ok(created(&member_view(&call, &world, user, &member).ok_or_else(ApiError::missing)?))
}

async fn update(Path((id, user)): Path<(String, String)>, call: Call, kind: Kind) -> Reply {
    let mut world = call.forge.world();
    let place = managed(&call, &world, kind, &id)?;
    let access_level = access_level(&call)?;
    let user = user.parse().map_err(|_| ApiError::missing())?;
    let member = world.members.get_mut(&(place, user)).ok_or_else(ApiError::missing)?;
    member.access_level = access_level;
    let member = member.clone();
    Ok(json(StatusCode::OK, &member_view(&call, &world, user, &member).ok_or_else(ApiError::missing)?))
}

async fn remove(Path((id, user)): Path<(String, String)>, call: Call, kind: Kind) -> Reply {
    let mut world = call.forge.world();
    let place = managed(&call, &world, kind, &id)?;
    let user = user.parse().map_err(|_| ApiError::missing())?;
    world.members.remove(&(place, user)).map(|_| deleted()).ok_or_else(ApiError::missing)
}
