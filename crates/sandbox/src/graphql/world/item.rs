//! What an object of an answer shows.

use serde_json::{Value, json};

use super::declared::{DECLARED, Shown};
use crate::http::iso;
use crate::view;
use crate::world::{Container, Group, Member, Namespace, Project, Record, User, World, object};

/// A record with its type and the place it belongs to.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) type_name: String,
    pub(super) place: Container,
    pub(super) data: Record,
}

/// What a field leads to.
pub(super) enum Found {
    /// A value, or an object inside the record.
    Value(Value),
    One(Option<Item>),
    Many(Vec<Item>),
    /// Nothing is known about it: what the type demands.
    Nothing,
}

impl Item {
    pub(super) fn new(type_name: &str, place: Container, data: Value) -> Self {
        Self { type_name: type_name.to_owned(), place, data: object(data) }
    }

    pub(super) fn of_project(world: &World, url: &str, project: &Project) -> Self {
        let mut data = view::project_brief(world, url, project);
        view::extend(
            &mut data,
            json!({
                "full_path": world.project_path(project),
                "web_path": format!("/{}", world.project_path(project)),
                "archived": project.archived,
                "wiki_enabled": true,
                "languages": [{ "name": "Rust", "color": "#dea584", "share": 100.0 }],
                "group_id": match project.namespace { Namespace::Group(id) => Some(id), Namespace::User(_) => None },
            }),
        );
        Self::new("Project", Container::Project(project.id), data)
    }

    pub(super) fn of_group(world: &World, url: &str, group: &Group) -> Self {
        let path = world.group_path(group.id);
        let data = json!({
            "id": group.id,
            "name": group.name,
            "path": group.path,
            "full_path": path,
            "full_name": world.group_name(group.id),
            "description": group.description,
            "visibility": group.visibility.as_str(),
            "web_url": format!("{url}/groups/{path}"),
            "web_path": format!("/groups/{path}"),
            "created_at": iso(group.created_at),
            "parent_id": group.parent,
        });
        Self::new("Group", Container::Group(group.id), data)
    }

    pub(super) fn of_user(url: &str, user: &User) -> Self {
        let mut data = view::user(url, user);
        view::extend(
            &mut data,
            json!({ "web_path": format!("/{}", user.username), "namespace_id": user.namespace_id() }),
        );
        Self::new("UserCore", Container::User(user.id), data)
    }

    pub(super) fn of_member(type_name: &str, place: Container, user: u64, member: &Member) -> Self {
        let level =
            json!({ "integer_value": member.access_level, "string_value": level_name(member.access_level) });
        let data = json!({
            "id": user,
            "user": { "id": user },
            "access_level": level,
            "created_at": iso(member.created_at),
            "expires_at": member.expires_at,
        });
        Self::new(type_name, place, data)
    }

    /// A record as the first type that shows its kind.
    pub(super) fn of_record(kind: &str, place: Container, record: &Record) -> Self {
        let type_name = DECLARED.first_of(kind).map(|it| it.type_name.clone()).unwrap_or_default();
        Self { type_name, place, data: record.clone() }
    }

    /// The same record as another type, if that shows its kind.
    pub(super) fn seen_as(mut self, type_name: &str) -> Self {
        type_name.clone_into(&mut self.type_name);
        self
    }

    /// The value at a path of keys.
    pub(super) fn at(&self, path: &str) -> Option<&Value> {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let value = self.data.get(first)?;
        rest.map_or(Some(value), |rest| value.pointer(&format!("/{}", rest.replace('.', "/"))))
    }

    pub(super) fn number(&self) -> u64 {
        self.data.get("id").and_then(Value::as_u64).unwrap_or_default()
    }

    /// The model in the item's global id.
    pub(super) fn model(&self) -> &str {
        let Some(Shown { models: (of_project, elsewhere), .. }) = DECLARED.shown(&self.type_name) else {
            return &self.type_name;
        };
        if matches!(self.place, Container::Project(_)) { of_project } else { elsewhere }
    }
}

fn level_name(level: u64) -> &'static str {
    match level {
        0..10 => "NO_ACCESS",
        10..20 => "GUEST",
        20..30 => "REPORTER",
        30..40 => "DEVELOPER",
        40..50 => "MAINTAINER",
        _ => "OWNER",
    }
}
