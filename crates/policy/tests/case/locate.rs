//! The world of the cases, as its users see it, and where a request points in it.

use narrowgate_catalog::{BoundarySource, BoundaryType, Need, Params, Role, Source};
use narrowgate_policy::{Enforcement, JobAccess, Located, Place};
use serde::Deserialize;

use super::file::Member;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct World {
    owners: Vec<String>,
    groups: Vec<Group>,
    projects: Vec<Project>,
    members: Vec<Member>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    id: u64,
    path: String,
    parent: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Project {
    id: u64,
    path: String,
    group: Option<u64>,
    owner: Option<String>,
    #[serde(default)]
    visibility: Visibility,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Visibility {
    #[default]
    Private,
    Internal,
    Public,
}

/// Where a request may name a boundary.
pub(super) struct Request<'a> {
    pub(super) params: &'a Params<'a>,
    pub(super) query: &'a str,
    pub(super) body: Option<&'a toml::Table>,
    pub(super) repository: Option<&'a str>,
}

/// The world in one user's eyes.
pub(super) struct View<'a> {
    world: &'a World,
    user: &'a str,
    enforced: &'a [u64],
}

/// A place with the ancestors that its facts borrow.
pub(super) struct Spot {
    boundary: BoundaryType,
    found: Option<Facts>,
}

struct Facts {
    id: u64,
    ancestors: Vec<u64>,
    role: Option<Role>,
    personal: bool,
    public: bool,
    enforced: bool,
}

impl World {
    pub(super) fn view<'a>(&'a self, user: &'a str, enforced: &'a [u64]) -> View<'a> {
        assert!(self.owners.iter().any(|owner| owner == user), "nobody is called `{user}`");
        View { world: self, user, enforced }
    }

    /// The group and those above it, nearest first.
    fn chain(&self, group: Option<u64>) -> Vec<u64> {
        let above =
            |id: &u64| self.groups.iter().find(|group| group.id == *id).and_then(|group| group.parent);
        std::iter::successors(group, above).collect()
    }
}

impl View<'_> {
    /// The places of a need; `None` if it falls away.
    pub(super) fn locate(&self, need: &Need, request: &Request<'_>) -> Option<Vec<Spot>> {
        let named: Vec<(&Source, Spot)> = need
            .boundaries
            .iter()
            .filter_map(|source| self.find(source, request).map(|spot| (&source.source, spot)))
            .collect();
        let known: Vec<&Source> =
            named.iter().filter(|(_, spot)| spot.is_found()).map(|(source, _)| *source).collect();
        // One parameter may name a project or a group: what it turned out to be stands alone.
        let spots = named.into_iter().filter(|(source, spot)| spot.is_found() || !known.contains(source));
        let spots: Vec<Spot> = spots.map(|(_, spot)| spot).collect();
        if need.optional && spots.is_empty() { None } else { Some(spots) }
    }

    fn find(&self, source: &BoundarySource, request: &Request<'_>) -> Option<Spot> {
        let boundary = source.boundary;
        match request.name(&source.source) {
            Named::Nothing => None,
            Named::Itself => Some(Spot { boundary, found: None }),
            Named::Container(name) => Some(Spot { boundary, found: self.container(boundary, &name) }),
        }
    }

    fn container(&self, boundary: BoundaryType, name: &str) -> Option<Facts> {
        let named = |id: u64, path: &str| name == path || name.parse() == Ok(id);
        match boundary {
            BoundaryType::Project => {
                let project = self.world.projects.iter().find(|project| named(project.id, &project.path))?;
                Some(self.project(project)).filter(|facts| facts.role.is_some() || self.shown(project))
            }
            BoundaryType::Group => {
                let group = self.world.groups.iter().find(|group| named(group.id, &group.path))?;
                Some(self.group(group)).filter(|facts| facts.role.is_some())
            }
            BoundaryType::User | BoundaryType::Instance => None,
        }
    }

    fn shown(&self, project: &Project) -> bool {
        project.visibility != Visibility::Private
    }

    fn project(&self, project: &Project) -> Facts {
        let ancestors = self.world.chain(project.group);
        let personal = project.owner.as_deref() == Some(self.user);
        let direct = |member: &Member| member.project == Some(project.id);
        let role = if personal { Some(Role::Owner) } else { self.role(direct, &ancestors) };
        let public = project.visibility == Visibility::Public;
        Facts { id: project.id, role, personal, public, enforced: self.is_enforced(&ancestors), ancestors }
    }

    fn group(&self, group: &Group) -> Facts {
        let chain = self.world.chain(Some(group.id));
        let role = self.role(|_| false, &chain);
        let ancestors = chain.iter().skip(1).copied().collect();
        Facts {
            id: group.id,
            role,
            personal: false,
            public: false,
            enforced: self.is_enforced(&chain),
            ancestors,
        }
    }

    fn role(&self, direct: impl Fn(&Member) -> bool, groups: &[u64]) -> Option<Role> {
        let inherited = |member: &Member| member.group.is_some_and(|id| groups.contains(&id));
        let mine = self.world.members.iter().filter(|member| member.user == self.user);
        mine.filter(|member| direct(member) || inherited(member)).map(|member| member.role).max()
    }

    fn is_enforced(&self, chain: &[u64]) -> bool {
        chain.last().is_some_and(|root| self.enforced.contains(root))
    }
}

/// What a request says about one alternative.
enum Named {
    Nothing,
    Itself,
    Container(String),
}

impl Request<'_> {
    fn name(&self, source: &Source) -> Named {
        let container = match source {
            Source::Owner | Source::Instance => return Named::Itself,
            _ if self.repository.is_some() => self.repository.map(str::to_owned),
            Source::Path { index, .. } => self.params.get(*index).map(|raw| raw.replace("%2F", "/")),
            Source::Query { names } => names.iter().find_map(|name| self.in_query(name)),
            Source::Body { names } => names.iter().find_map(|name| self.in_body(name)),
            Source::Lookup(_) => panic!("the world of the cases answers no look-ups"),
        };
        container.map_or(Named::Nothing, Named::Container)
    }

    fn in_query(&self, name: &str) -> Option<String> {
        let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
    }

    fn in_body(&self, name: &str) -> Option<String> {
        self.body?.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }
}

impl Spot {
    fn is_found(&self) -> bool {
        self.found.is_some() || matches!(self.boundary, BoundaryType::User | BoundaryType::Instance)
    }

    pub(super) fn place(&self) -> Place<'_> {
        match (self.boundary, &self.found) {
            (BoundaryType::User, _) => Place::User,
            (BoundaryType::Instance, _) => Place::Instance,
            (boundary, None) => Place::NotFound(boundary),
            (BoundaryType::Project, Some(facts)) => Place::Project(facts.located()),
            (BoundaryType::Group, Some(facts)) => Place::Group(facts.located()),
        }
    }
}

impl Facts {
    fn located(&self) -> Located<'_> {
        Located {
            id: self.id,
            ancestors: &self.ancestors,
            role: self.role,
            personal: self.personal,
            public: self.public,
            enforcement: if self.enforced { Enforcement::On } else { Enforcement::Off },
            job: JobAccess::None,
        }
    }
}
