//! What a viewer may see and change.

use narrowgate_catalog::Role;
use serde_json::Value;

use super::Worldly;
use super::declared::DECLARED;
use crate::world::{Container, Record, World};

fn id_at(record: &Record, key: &str) -> Option<u64> {
    record.get(key)?.get("id")?.as_u64()
}

fn flag(record: &Record, key: &str) -> bool {
    record.get(key).and_then(Value::as_bool).unwrap_or(false)
}

impl Worldly {
    /// Whether the viewer may know that a place exists.
    pub(super) fn sees_place(&self, world: &World, place: Container) -> bool {
        self.reads(world, place, Role::Guest)
    }

    /// Whether the viewer's standing in a place lets it read what is for a role.
    pub(super) fn reads(&self, world: &World, place: Container, role: Role) -> bool {
        let user = self.viewer.user;
        match place {
            Container::Project(id) => world
                .projects
                .get(&id)
                .is_some_and(|project| world.standing_in_project(user, project).reading >= role),
            Container::Group(id) => world
                .groups
                .get(&id)
                .is_some_and(|group| world.standing_in_group(user, group).reading >= role),
            Container::User(id) => user == Some(id) || self.viewer.admin,
            Container::Instance => role <= Role::Guest || self.viewer.admin,
        }
    }

    /// The role that the viewer truly holds in a place.
    pub(super) fn role(&self, world: &World, place: Container) -> Role {
        let user = self.viewer.user;
        match place {
            Container::Project(id) => {
                let project = world.projects.get(&id).filter(|project| !project.archived);
                project.map_or(Role::NoAccess, |project| world.standing_in_project(user, project).role)
            }
            Container::Group(id) => world
                .groups
                .get(&id)
                .map_or(Role::NoAccess, |group| world.standing_in_group(user, group).role),
            Container::User(id) if user == Some(id) => Role::Owner,
            Container::User(_) | Container::Instance if self.viewer.admin => Role::Admin,
            Container::User(_) | Container::Instance => Role::NoAccess,
        }
    }

    /// Whether the viewer may see a record.
    pub(super) fn sees(&self, world: &World, kind: &str, place: Container, record: &Record) -> bool {
        let needs = DECLARED.first_of(kind).map_or(Role::Guest, |shown| shown.read);
        self.reads(world, place, needs) && !(self.is_hidden(world, kind, place, record))
    }

    /// What is confidential is for its author, its assignees and planners; todos are for their owner.
    fn is_hidden(&self, world: &World, kind: &str, place: Container, record: &Record) -> bool {
        if kind == "todo" {
            return self.viewer.user.map(Container::User) != Some(place);
        }
        let confidential = flag(record, "confidential") || flag(record, "internal");
        confidential && !self.takes_part(record) && self.role(world, place) < Role::Planner
    }

    /// Whether the viewer wrote a record or is assigned to it.
    pub(super) fn takes_part(&self, record: &Record) -> bool {
        let Some(user) = self.viewer.user else { return false };
        let assignees = record.get("assignees").and_then(Value::as_array);
        let assigned = assignees
            .is_some_and(|all| all.iter().any(|it| it.get("id").and_then(Value::as_u64) == Some(user)));
        assigned || id_at(record, "author") == Some(user)
    }
}
