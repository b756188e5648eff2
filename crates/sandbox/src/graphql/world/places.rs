//! Projects, groups, users, and who belongs where.

use serde_json::{Value, json};

use super::Worldly;
use super::item::Item;
use super::object::{Arguments, text};
use super::records::{above, is_inside};
use crate::graphql::gid;
use crate::world::{Container, Member, Namespace, Project, World};

fn found(item: Item, arguments: &Arguments) -> Option<Item> {
    let all = |name: &str| arguments.get(name).and_then(Value::as_array);
    let number = json!(item.number());
    let ids = all("ids").is_none_or(|ids| {
        ids.iter().filter_map(Value::as_str).filter_map(gid::parse).any(|(_, id)| json!(id) == number)
    });
    let names =
        all("usernames").is_none_or(|names| item.at("username").is_some_and(|name| names.contains(name)));
    let paths =
        all("fullPaths").is_none_or(|paths| item.at("full_path").is_some_and(|path| paths.contains(path)));
    let search = text(arguments, "search").is_none_or(|wanted| {
        ["name", "path", "username"]
            .iter()
            .filter_map(|key| item.at(key)?.as_str())
            .any(|it| it.to_lowercase().contains(&wanted.to_lowercase()))
    });
    (ids && names && paths && search).then_some(item)
}

pub(super) fn user(served: &Worldly, id: Option<u64>) -> Option<Item> {
    let world = served.forge.world();
    world.users.get(&id?).map(|user| Item::of_user(served.forge.url(), user))
}

pub(super) fn user_asked_for(served: &Worldly, arguments: &Arguments) -> Option<Item> {
    let named = |name: &str| served.forge.world().user_named(name).map(|user| user.id);
    let id = text(arguments, "id").and_then(gid::parse).map(|(_, id)| id);
    user(served, id.or_else(|| text(arguments, "username").and_then(named)))
}

/// All users; visitors are shown none.
pub(super) fn users(served: &Worldly, arguments: &Arguments) -> Vec<Item> {
    let world = served.forge.world();
    let users = world.users.values().filter(|_| served.viewer.user.is_some());
    users.filter_map(|user| found(Item::of_user(served.forge.url(), user), arguments)).collect()
}

fn project(served: &Worldly, world: &World, project: &Project) -> Option<Item> {
    let seen = served.sees_place(world, Container::Project(project.id));
    seen.then(|| Item::of_project(world, served.forge.url(), project))
}

pub(super) fn project_at(served: &Worldly, path: &str) -> Option<Item> {
    let world = served.forge.world();
    let named = world.projects.values().find(|it| world.project_path(it).eq_ignore_ascii_case(path));
    project(served, &world, named?)
}

/// The project that an item belongs to.
pub(super) fn project_of(served: &Worldly, item: &Item) -> Option<Item> {
    let id = match item.place {
        Container::Project(id) => id,
        _ => item.at("project_id").and_then(Value::as_u64)?,
    };
    let world = served.forge.world();
    project(served, &world, world.projects.get(&id)?)
}

pub(super) fn projects(served: &Worldly, arguments: &Arguments) -> Vec<Item> {
    let world = served.forge.world();
    let member = arguments.get("membership") == Some(&Value::Bool(true));
    let kept = world.projects.values().rev();
    let kept = kept.filter(|it| !member || world.is_member(served.viewer.user, it));
    kept.filter_map(|it| found(project(served, &world, it)?, arguments)).collect()
}

/// The projects of a group, or of a user's own namespace.
pub(super) fn projects_in(served: &Worldly, item: &Item, arguments: &Arguments) -> Vec<Item> {
    let world = served.forge.world();
    let below = arguments.get("includeSubgroups") == Some(&Value::Bool(true));
    let inside = |it: &&Project| match (item.place, it.namespace) {
        (Container::Group(group), Namespace::Group(of)) => {
            of == group || (below && world.group_chain(of).contains(&group))
        }
        (Container::User(user), Namespace::User(of)) => of == user,
        _ => false,
    };
    let kept = world.projects.values().rev().filter(inside);
    kept.filter_map(|it| found(project(served, &world, it)?, arguments)).collect()
}

pub(super) fn group_numbered(served: &Worldly, id: Option<u64>) -> Option<Item> {
    let world = served.forge.world();
    let group = world.groups.get(&id?)?;
    served
        .sees_place(&world, Container::Group(group.id))
        .then(|| Item::of_group(&world, served.forge.url(), group))
}

pub(super) fn group_at(served: &Worldly, path: &str) -> Option<Item> {
    let named = |world: &World| {
        world.groups.values().find(|it| world.group_path(it.id).eq_ignore_ascii_case(path)).map(|it| it.id)
    };
    let id = named(&served.forge.world());
    group_numbered(served, id)
}

/// The group that a project lies in, or that something else belongs to.
pub(super) fn group_of(served: &Worldly, item: &Item) -> Option<Item> {
    match item.place {
        Container::Group(id) => group_numbered(served, Some(id)),
        _ => group_numbered(served, item.at("group_id").and_then(Value::as_u64)),
    }
}

pub(super) fn groups(served: &Worldly, arguments: &Arguments) -> Vec<Item> {
    let ids: Vec<u64> = served.forge.world().groups.keys().copied().collect();
    ids.into_iter().filter_map(|id| found(group_numbered(served, Some(id))?, arguments)).collect()
}

/// The groups below a group.
pub(super) fn groups_in(served: &Worldly, item: &Item) -> Vec<Item> {
    let inside = |id: &u64| {
        *id != item.number() && is_inside(&served.forge.world(), Container::Group(*id), item.number())
    };
    let ids: Vec<u64> = served.forge.world().groups.keys().copied().collect();
    let inside = ids.into_iter().filter(inside);
    inside.filter_map(|id| group_numbered(served, Some(id))).collect()
}

pub(super) fn namespace_at(served: &Worldly, path: &str) -> Option<Item> {
    if let Some(group) = group_at(served, path) {
        return Some(group.seen_as("Namespace"));
    }
    let id = served.forge.world().user_named(path).map(|user| user.id);
    namespace_of_user(served, id?)
}

pub(super) fn namespace_of_user(served: &Worldly, id: u64) -> Option<Item> {
    let world = served.forge.world();
    let user = world.users.get(&id).filter(|_| served.viewer.user.is_some())?;
    let data = json!({ "id": gid::write("Namespaces::UserNamespace", user.namespace_id()), "name": user.name, "path": user.username, "full_path": user.username, "full_name": user.name, "visibility": "public", "web_url": format!("{}/{}", served.forge.url(), user.username) });
    Some(Item::new("Namespace", Container::User(id), data))
}

/// The namespace that something belongs to.
pub(super) fn namespace_of(served: &Worldly, item: &Item) -> Option<Item> {
    let place = match item.place {
        Container::Project(id) => served.forge.world().projects.get(&id).map(|project| project.namespace)?,
        Container::Group(id) => Namespace::Group(id),
        Container::User(id) => Namespace::User(id),
        Container::Instance => return None,
    };
    // What lies in a project belongs to the project's own namespace.
    if let (Container::Project(id), true) = (item.place, item.type_name != "Project") {
        let world = served.forge.world();
        return project(served, &world, world.projects.get(&id)?).map(|it| it.seen_as("Namespace"));
    }
    match place {
        Namespace::Group(id) => group_numbered(served, Some(id)).map(|group| group.seen_as("Namespace")),
        Namespace::User(id) => namespace_of_user(served, id),
    }
}

/// The members of a project: those of its own, and those of the groups above.
pub(super) fn members_asked_for(served: &Worldly, project: &Item, arguments: &Arguments) -> Vec<Item> {
    let relations = arguments.get("relations").and_then(Value::as_array);
    let wants = |name: &str| relations.is_none_or(|them| them.contains(&json!(name)));
    let (direct, inherited) = (wants("DIRECT"), wants("INHERITED"));
    let mut members = members(served, project, "ProjectMember");
    let world = served.forge.world();
    members.retain(|member| {
        let user = member.number();
        let is_direct = world.members.contains_key(&(project.place, user));
        let wanted = text(arguments, "search").is_none_or(|wanted| {
            let user = world.users.get(&user);
            user.is_some_and(|user| [&user.username, &user.name].iter().any(|it| it.contains(wanted)))
        });
        wanted && if is_direct { direct } else { inherited }
    });
    members
}

pub(super) fn members(served: &Worldly, item: &Item, type_name: &str) -> Vec<Item> {
    let world = served.forge.world();
    let mut members = world.all_members(&above(&world, item.place));
    let owner = match item.place {
        Container::Project(id) => {
            world.projects.get(&id).map(|project| (project.namespace, project.created_at))
        }
        _ => None,
    };
    if let Some((Namespace::User(owner), created_at)) = owner {
        members.push((owner, Member { access_level: 50, created_at, expires_at: None }));
    }
    members.iter().map(|(user, member)| Item::of_member(type_name, item.place, *user, member)).collect()
}

/// The members of a place as users.
pub(super) fn users_of(served: &Worldly, item: &Item) -> Vec<Item> {
    let members = members(served, item, "ProjectMember");
    members.iter().filter_map(|member| user(served, Some(member.number()))).collect()
}

/// The memberships of a user in places that the viewer sees.
pub(super) fn memberships(served: &Worldly, item: &Item, type_name: &str) -> Vec<Item> {
    let world = served.forge.world();
    let own = world.members.iter().filter(|((place, user), _)| {
        *user == item.number()
            && matches!(place, Container::Project(_)) == (type_name == "ProjectMember")
            && served.sees_place(&world, *place)
    });
    own.map(|((place, user), member)| Item::of_member(type_name, *place, *user, member)).collect()
}

pub(super) fn groups_of_user(served: &Worldly, item: &Item) -> Vec<Item> {
    let groups = memberships(served, item, "GroupMember");
    groups.iter().filter_map(|membership| group_of(served, membership)).collect()
}
