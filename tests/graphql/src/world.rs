//! Random projects and groups, and a random token on them.

use std::net::{IpAddr, Ipv4Addr};

use narrowgate_catalog::{BoundaryType, Catalog, PermissionId, PermissionSet, Role, ScopeSet};
use narrowgate_policy::{
    Access, Bearer, Grant, Grants, Located, LocatedNeed, Micros, Place, Privileges, Question, TokenClass,
    decide,
};

use crate::tape::Tape;

/// A project or a group.
#[derive(Clone, Debug)]
pub struct Container {
    /// Which of both.
    pub kind: BoundaryType,
    /// Its id. Projects and groups count by themselves: one id may name both.
    pub id: u64,
    /// Its full path.
    pub path: String,
    ancestors: Vec<u64>,
    is_member: bool,
    is_personal: bool,
}

/// An index into the containers of a world.
pub type ContainerIndex = usize;

/// Where a thing belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Home {
    /// To a project or group.
    At(ContainerIndex),
    /// To none.
    Nowhere,
    /// That depends on what it hangs on, and that is unknown.
    Untold,
    /// To what doesn't exist.
    Missing,
}

impl Home {
    fn found(index: Option<ContainerIndex>) -> Self {
        index.map_or(Self::Missing, Self::At)
    }
}

/// Projects and groups in one another.
#[derive(Clone, Debug)]
pub struct World {
    /// Groups first, then projects.
    pub containers: Vec<Container>,
}

impl World {
    /// Makes two to five groups and two to six projects, in groups at any depth or in a user's own namespace.
    pub fn make(tape: &mut Tape<'_>) -> Self {
        let mut world = Self { containers: Vec::new() };
        for id in 1..=2 + tape.below(4) as u64 {
            let above = tape.below(world.containers.len() + 1);
            world.add(BoundaryType::Group, id, above.checked_sub(1), tape.one_in(3));
        }
        let groups = world.containers.len();
        for id in 1..=2 + tape.below(5) as u64 {
            let above = tape.below(groups + 1);
            world.add(BoundaryType::Project, id, above.checked_sub(1), tape.one_in(3));
        }
        world
    }

    fn add(&mut self, kind: BoundaryType, id: u64, above: Option<ContainerIndex>, is_member: bool) {
        let above = above.and_then(|index| self.containers.get(index));
        let name = if kind == BoundaryType::Group { "group" } else { "project" };
        let is_personal = above.is_none() && kind == BoundaryType::Project;
        let prefix = match above {
            Some(group) => format!("{}/", group.path),
            None if is_personal => "maria/".to_owned(),
            None => String::new(),
        };
        let ancestors =
            above.map(|group| [&[group.id], group.ancestors.as_slice()].concat()).unwrap_or_default();
        let path = format!("{prefix}{name}-{id}");
        self.containers.push(Container { kind, id, path, ancestors, is_member, is_personal });
    }

    /// The place of a kind with an id.
    #[must_use]
    pub fn by_id(&self, kind: BoundaryType, id: u64) -> Home {
        Home::found(self.containers.iter().position(|container| container.kind == kind && container.id == id))
    }

    /// The place with a full path.
    #[must_use]
    pub fn by_path(&self, path: &str) -> Home {
        Home::found(self.containers.iter().position(|container| container.path == path))
    }

    /// What a thing belongs to.
    #[must_use]
    pub fn kind(&self, home: Home) -> Option<BoundaryType> {
        match home {
            Home::At(index) => self.containers.get(index).map(|container| container.kind),
            Home::Nowhere | Home::Untold | Home::Missing => None,
        }
    }

    /// What a permission for a kind of boundary may be held on for what belongs there.
    #[must_use]
    pub fn ground(&self, home: Home, boundary: BoundaryType) -> Option<Ground> {
        match (home, boundary) {
            (Home::At(index), _) if self.containers.get(index).is_some_and(|it| it.kind == boundary) => {
                Some(Ground::Container(index))
            }
            (Home::Nowhere, BoundaryType::User) => Some(Ground::User),
            (Home::Nowhere, BoundaryType::Instance) => Some(Ground::Instance),
            _ => None,
        }
    }
}

impl Container {
    fn place(&self) -> Place<'_> {
        let located = Located {
            id: self.id,
            ancestors: &self.ancestors,
            role: self.is_member.then_some(Role::Developer),
            personal: self.is_personal,
            ..Located::default()
        };
        match self.kind {
            BoundaryType::Group => Place::Group(located),
            _ => Place::Project(located),
        }
    }
}

/// Where a rule may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// On a project or group.
    Container(ContainerIndex),
    /// On the token's owner.
    User,
    /// On the instance.
    Instance,
}

/// A world with a token that holds grants on it.
#[derive(Debug)]
pub struct Holder<'w> {
    world: &'w World,
    bearer: Bearer,
}

impl<'w> Holder<'w> {
    /// Makes a token with up to four grants, each with few, most or all of the permissions.
    pub fn make(world: &'w World, tape: &mut Tape<'_>) -> Self {
        let grants: Vec<Grant> = (0..1 + tape.below(4))
            .map(|_| Grant { access: access(world, tape), permissions: permissions(tape) })
            .collect();
        Self {
            world,
            bearer: Bearer::new(TokenClass::Personal, Privileges::FineGrained(Grants::prepare(&grants))),
        }
    }

    /// Whether all the permissions are held on all memberships.
    #[must_use]
    pub fn holds_everywhere(&self, permissions: &[PermissionId]) -> bool {
        match &self.bearer.privileges {
            Privileges::FineGrained(grants) => grants.hold_on_memberships(permissions),
            _ => false,
        }
    }

    /// Whether all the permissions are held on one of the grounds.
    #[must_use]
    pub fn holds(&self, permissions: &[PermissionId], grounds: &[Ground]) -> bool {
        let places: Vec<Place<'_>> = grounds.iter().filter_map(|ground| self.place(*ground)).collect();
        let need = LocatedNeed { permissions, places: &places, public_read: false, role: Role::Guest };
        let needs = [need];
        let question = Question::new(&needs, ScopeSet::default(), Micros(1), IpAddr::V4(Ipv4Addr::LOCALHOST));
        !places.is_empty() && decide(&self.bearer, &question).is_allow()
    }

    fn place(&self, ground: Ground) -> Option<Place<'_>> {
        match ground {
            Ground::Container(index) => self.world.containers.get(index).map(Container::place),
            Ground::User => Some(Place::User),
            Ground::Instance => Some(Place::Instance),
        }
    }
}

fn access(world: &World, tape: &mut Tape<'_>) -> Access {
    match tape.below(10) {
        0 => Access::AllMemberships,
        1 => Access::PersonalProjects,
        2 => Access::User,
        3 => Access::Instance,
        _ => {
            let (mut projects, mut groups) = (Vec::new(), Vec::new());
            for _ in 0..1 + tape.below(3) {
                match tape.pick(&world.containers) {
                    Some(group) if group.kind == BoundaryType::Group => groups.push(group.id),
                    Some(project) => projects.push(project.id),
                    None => {}
                }
            }
            Access::SelectedMemberships { projects, groups }
        }
    }
}

/// All but one permission in 2, 8 or 64, or all of them.
fn permissions(tape: &mut Tape<'_>) -> PermissionSet {
    let density = [u64::MAX, 64, 8, 2].get(tape.below(4)).copied().unwrap_or(u64::MAX);
    let salt = tape.number();
    Catalog::embedded()
        .permissions()
        .enumerate()
        .filter(|(index, _)| crate::hash::of(&(salt, index)) % density != density - 1)
        .map(|(_, permission)| permission.id)
        .collect()
}
