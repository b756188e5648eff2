//! Groups, projects and their paths.

use std::fmt;

use super::World;

/// Who may see a project or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Visibility {
    Private,
    Internal,
    Public,
}

impl Visibility {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Private, Self::Internal, Self::Public].into_iter().find(|it| it.as_str() == text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Internal => "internal",
            Self::Public => "public",
        }
    }
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a project lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    Group(u64),
    User(u64),
}

/// A group or subgroup.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) id: u64,
    pub(crate) parent: Option<u64>,
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) visibility: Visibility,
    pub(crate) created_at: i64,
}

/// A project.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) id: u64,
    pub(crate) namespace: Namespace,
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) visibility: Visibility,
    pub(crate) archived: bool,
    pub(crate) default_branch: String,
    pub(crate) topics: Vec<String>,
    pub(crate) creator: u64,
    pub(crate) created_at: i64,
    pub(crate) runners_token: String,
    /// Whether the repository starts with a first commit.
    pub(crate) seeded: bool,
}

impl World {
    /// The group ids above a group, itself first.
    pub(crate) fn group_chain(&self, id: u64) -> Vec<u64> {
        let mut chain = Vec::new();
        let mut next = Some(id);
        while let Some(group) = next.and_then(|id| self.groups.get(&id)) {
            chain.push(group.id);
            next = group.parent.filter(|parent| !chain.contains(parent));
        }
        chain
    }

    /// The groups above a project, nearest first.
    pub(crate) fn project_chain(&self, project: &Project) -> Vec<u64> {
        match project.namespace {
            Namespace::Group(id) => self.group_chain(id),
            Namespace::User(_) => Vec::new(),
        }
    }

    pub(crate) fn group_path(&self, id: u64) -> String {
        self.join_chain(id, "/", |group| &group.path)
    }

    pub(crate) fn group_name(&self, id: u64) -> String {
        self.join_chain(id, " / ", |group| &group.name)
    }

    fn join_chain(&self, id: u64, separator: &str, part: impl Fn(&Group) -> &String) -> String {
        let chain = self.group_chain(id);
        let parts = chain.iter().rev().filter_map(|id| self.groups.get(id));
        parts.map(|group| part(group).as_str()).collect::<Vec<_>>().join(separator)
    }

    pub(crate) fn namespace_path(&self, namespace: Namespace) -> String {
        match namespace {
            Namespace::Group(id) => self.group_path(id),
            Namespace::User(id) => self.users.get(&id).map(|user| user.username.clone()).unwrap_or_default(),
        }
    }

    pub(crate) fn namespace_name(&self, namespace: Namespace) -> String {
        match namespace {
            Namespace::Group(id) => self.group_name(id),
            Namespace::User(id) => self.users.get(&id).map(|user| user.name.clone()).unwrap_or_default(),
        }
    }

    pub(crate) fn project_path(&self, project: &Project) -> String {
        format!("{}/{}", self.namespace_path(project.namespace), project.path)
    }

    /// A project by id or full path. Paths compare without regard to case, as GitLab's do.
    pub(crate) fn find_project(&self, reference: &str) -> Option<&Project> {
        if let Ok(id) = reference.parse() {
            return self.projects.get(&id);
        }
        self.projects.values().find(|project| self.project_path(project).eq_ignore_ascii_case(reference))
    }

    /// A group by id or full path.
    pub(crate) fn find_group(&self, reference: &str) -> Option<&Group> {
        if let Ok(id) = reference.parse() {
            return self.groups.get(&id);
        }
        self.groups.values().find(|group| self.group_path(group.id).eq_ignore_ascii_case(reference))
    }

    /// A namespace by its id: a group's id, or that of a user's own namespace.
    pub(crate) fn find_namespace(&self, id: u64) -> Option<Namespace> {
        if self.groups.contains_key(&id) {
            return Some(Namespace::Group(id));
        }
        self.users.values().find(|user| user.namespace_id() == id).map(|user| Namespace::User(user.id))
    }

    /// Gives a project another path within its namespace. Tells whether there is such a project.
    pub(crate) fn rename_project(&mut self, id: u64, path: &str) -> bool {
        self.projects.get_mut(&id).map(|project| path.clone_into(&mut project.path)).is_some()
    }
}
