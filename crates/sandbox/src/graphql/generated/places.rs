//! The projects and groups that generated objects belong to.

use std::collections::BTreeMap;

use crate::world::{Container, Namespace, World};

/// The project that everything belongs to unless something else is named.
pub(super) const HOME: u64 = 20;
/// Where the second item of a list belongs to, with [`AWAY_GROUP`]: nobody's neighbour in the seeded world.
pub(super) const AWAY: u64 = 24;
pub(super) const AWAY_GROUP: u64 = 12;
/// Where the second item of a list of these belongs to.
const FAR: u64 = 34;
const FAR_GROUP: u64 = 11;
/// The group of [`HOME`].
const HOME_GROUP: u64 = 10;

struct Facts {
    path: String,
    name: String,
}

/// A copy of what the world says about projects, groups and users.
pub(super) struct Places {
    pub(super) url: String,
    facts: BTreeMap<Container, Facts>,
    /// The group of each project.
    above: BTreeMap<u64, u64>,
    /// The group above each group.
    parents: BTreeMap<u64, u64>,
}

impl Places {
    pub(super) fn of(world: &World, url: &str) -> Self {
        let mut facts = BTreeMap::new();
        let mut above = BTreeMap::new();
        let parents = world.groups.values().filter_map(|group| Some((group.id, group.parent?))).collect();
        for project in world.projects.values() {
            let path = world.project_path(project);
            facts.insert(Container::Project(project.id), Facts { path, name: project.name.clone() });
            if let Namespace::Group(group) = project.namespace {
                above.insert(project.id, group);
            }
        }
        for group in world.groups.values() {
            let path = world.group_path(group.id);
            facts.insert(Container::Group(group.id), Facts { path, name: group.name.clone() });
        }
        for user in world.users.values() {
            let facts_of = Facts { path: user.username.clone(), name: user.name.clone() };
            facts.insert(Container::User(user.id), facts_of);
        }
        Self { url: url.to_owned(), facts, above, parents }
    }

    pub(super) fn path(&self, place: Container) -> String {
        self.facts.get(&place).map(|facts| facts.path.clone()).unwrap_or_default()
    }

    pub(super) fn name(&self, place: Container) -> String {
        self.facts.get(&place).map(|facts| facts.name.clone()).unwrap_or_default()
    }

    pub(super) fn knows(&self, place: Container) -> bool {
        self.facts.contains_key(&place)
    }

    /// The project or group of this full path, or the user whose own namespace has it.
    pub(super) fn at_path(&self, path: &str) -> Option<Container> {
        let found = self.facts.iter().find(|(_, facts)| facts.path.eq_ignore_ascii_case(path));
        found.map(|(place, _)| *place)
    }

    /// The project, group or user of this id; their ids differ in the seeded world.
    pub(super) fn numbered(&self, id: u64) -> Option<Container> {
        let kinds = [Container::Project(id), Container::Group(id), Container::User(id)];
        kinds.into_iter().find(|place| self.knows(*place))
    }

    pub(super) fn user_named(&self, username: &str) -> Option<Container> {
        let users = self.facts.iter().filter(|(place, _)| matches!(place, Container::User(_)));
        users.into_iter().find(|(_, facts)| facts.path == username).map(|(place, _)| *place)
    }

    /// A user of the world, chosen by a number.
    pub(super) fn user(&self, number: u64) -> Container {
        let users: Vec<_> = self.facts.keys().filter(|place| matches!(place, Container::User(_))).collect();
        let index = usize::try_from(number).unwrap_or_default().checked_rem(users.len()).unwrap_or_default();
        users.get(index).map_or(Container::Instance, |place| **place)
    }

    /// The project that a place is, or one of a group's own.
    pub(super) fn project_of(&self, place: Container) -> Container {
        match place {
            Container::Project(_) => place,
            Container::Group(group) => {
                let inside = self.above.iter().find(|(_, above)| **above == group);
                Container::Project(inside.map_or(HOME, |(project, _)| *project))
            }
            Container::User(_) | Container::Instance => Container::Project(HOME),
        }
    }

    /// The group that a place is or lies in.
    pub(super) fn group_of(&self, place: Container) -> Container {
        match place {
            Container::Group(_) => place,
            Container::Project(project) => {
                Container::Group(self.above.get(&project).copied().unwrap_or(HOME_GROUP))
            }
            Container::User(_) | Container::Instance => Container::Group(HOME_GROUP),
        }
    }

    /// The topmost group that a place is or lies in.
    pub(super) fn top_of(&self, place: Container) -> Container {
        let mut top = self.group_of(place);
        while let Container::Group(group) = top
            && let Some(parent) = self.parents.get(&group)
        {
            top = Container::Group(*parent);
        }
        top
    }

    /// The place that the second item of a list belongs to.
    pub(super) fn away_from(place: Container) -> Container {
        match place {
            Container::Project(AWAY) => Container::Project(FAR),
            Container::Group(AWAY_GROUP) => Container::Group(FAR_GROUP),
            Container::Group(_) => Container::Group(AWAY_GROUP),
            _ => Container::Project(AWAY),
        }
    }
}
