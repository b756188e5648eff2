//! Who may do what where.

use narrowgate_catalog::Role;

use super::{Container, Group, Member, Namespace, Project, Visibility, World};

/// What a user is in a project or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The role held; an administrator holds [`Role::Admin`].
    pub(crate) role: Role,
    /// The role that reading is judged by: what is public may be read by everyone as by a reporter.
    pub(crate) reading: Role,
}

impl Standing {
    fn new(role: Role, open: bool) -> Self {
        Self { role, reading: if open { role.max(Role::Reporter) } else { role } }
    }

    /// Whether the user may know that the place exists.
    pub(crate) fn sees(self) -> bool {
        self.reading >= Role::Guest
    }
}

impl World {
    /// A user's standing in a project; `None` is a visitor who did not sign in.
    pub(crate) fn standing_in_project(&self, user: Option<u64>, project: &Project) -> Standing {
        Standing::new(self.project_role(user, project), self.is_open(project.visibility, user))
    }

    /// A user's standing in a group. Members of something below it see it too.
    pub(crate) fn standing_in_group(&self, user: Option<u64>, group: &Group) -> Standing {
        let mut standing =
            Standing::new(self.group_role(user, group.id), self.is_open(group.visibility, user));
        if !standing.sees() && self.belongs_below(user, group.id) {
            standing.reading = Role::Guest;
        }
        standing
    }

    fn is_open(&self, visibility: Visibility, user: Option<u64>) -> bool {
        visibility == Visibility::Public || (visibility == Visibility::Internal && user.is_some())
    }

    fn is_admin(&self, user: Option<u64>) -> bool {
        user.and_then(|id| self.users.get(&id)).is_some_and(|user| user.admin)
    }

    fn project_role(&self, user: Option<u64>, project: &Project) -> Role {
        if self.is_admin(user) {
            return Role::Admin;
        }
        let direct = self.project_level(user, project);
        let inherited = self.group_level(user, &self.project_chain(project));
        Role::from_access_level(direct.max(inherited).unwrap_or(0))
    }

    fn group_role(&self, user: Option<u64>, group: u64) -> Role {
        if self.is_admin(user) {
            return Role::Admin;
        }
        Role::from_access_level(self.group_level(user, &self.group_chain(group)).unwrap_or(0))
    }

    /// The access level a user has by direct membership, or by owning the namespace.
    pub(crate) fn project_level(&self, user: Option<u64>, project: &Project) -> Option<u64> {
        let user = user?;
        if project.namespace == Namespace::User(user) {
            return Some(50);
        }
        self.members.get(&(Container::Project(project.id), user)).map(|member| member.access_level)
    }

    /// The highest access level a user has in any group of a chain.
    pub(crate) fn group_level(&self, user: Option<u64>, chain: &[u64]) -> Option<u64> {
        let user = user?;
        let levels = chain.iter().filter_map(|id| self.members.get(&(Container::Group(*id), user)));
        levels.map(|member| member.access_level).max()
    }

    /// Whether a user is a member of a project, directly or through a group.
    pub(crate) fn is_member(&self, user: Option<u64>, project: &Project) -> bool {
        self.project_level(user, project).is_some()
            || self.group_level(user, &self.project_chain(project)).is_some()
    }

    fn belongs_below(&self, user: Option<u64>, group: u64) -> bool {
        let projects = self.projects.values().filter(|project| self.project_chain(project).contains(&group));
        let groups = self.groups.keys().filter(|id| self.group_chain(**id).contains(&group));
        projects.into_iter().any(|project| self.project_level(user, project).is_some())
            || groups.into_iter().any(|id| self.group_level(user, &[*id]).is_some())
    }

    /// Everyone with a role in a project or group: user id, membership and where it comes from.
    pub(crate) fn all_members(&self, places: &[Container]) -> Vec<(u64, Member)> {
        let mut found: Vec<(u64, Member)> = Vec::new();
        for ((_, user), member) in self.members.iter().filter(|((place, _), _)| places.contains(place)) {
            match found.iter_mut().find(|(id, _)| id == user) {
                Some((_, known)) if known.access_level >= member.access_level => {}
                Some((_, known)) => *known = member.clone(),
                None => found.push((*user, member.clone())),
            }
        }
        found.sort_by_key(|(id, _)| *id);
        found
    }

    /// Sets a direct role in a project; 0 takes it away. Tells whether both exist.
    pub(crate) fn set_project_role(&mut self, project: u64, username: &str, level: u64, now: i64) -> bool {
        let user = self.user_named(username).map(|user| user.id);
        let Some(user) = user.filter(|_| self.projects.contains_key(&project)) else { return false };
        let key = (Container::Project(project), user);
        if level == 0 {
            self.members.remove(&key);
        } else {
            self.members.insert(key, Member { access_level: level, created_at: now, expires_at: None });
        }
        true
    }
}
