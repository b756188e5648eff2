//! Which repository a path names, and who may use it how.

use narrowgate_catalog::Role;
use serde_json::Value;

use crate::http::Viewer;
use crate::world::{Container, Project, World};

/// A repository by what it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repository {
    Project(u64),
    ProjectWiki(u64),
    GroupWiki(u64),
    /// A snippet's number; it may belong to a project or to a user.
    Snippet(u64),
}

/// What is done to a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Download,
    Upload,
}

/// A permitted use.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) username: String,
    /// The branch that this user may not push to.
    pub(crate) protected: Option<String>,
}

/// Why a use is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nobody signed in: 401.
    SignIn,
    /// Not there, or not to be known: 404.
    NotFound,
    /// 403 with this text.
    Forbidden(&'static str),
}

impl Repository {
    /// The repository that the part of a path before `.git` names.
    pub(crate) fn find(world: &World, name: &str) -> Option<Self> {
        if let Some(path) = name.strip_suffix(".wiki") {
            let project = world.find_project(path).filter(|_| path.contains('/'));
            return match project {
                Some(project) => Some(Self::ProjectWiki(project.id)),
                None => world.find_group(path).map(|group| Self::GroupWiki(group.id)),
            };
        }
        if let Some((owner, number)) = name.rsplit_once("snippets/") {
            let id = number.parse().ok()?;
            let owner = owner.trim_end_matches('/').trim_end_matches("/-");
            return owner_of_snippet(world, id)
                .filter(|it| is_owner(world, *it, owner))
                .map(|_| Self::Snippet(id));
        }
        world.find_project(name).filter(|_| name.contains('/')).map(|project| Self::Project(project.id))
    }
}

/// What a snippet belongs to: a project or a user.
pub(crate) fn owner_of_snippet(world: &World, id: u64) -> Option<Container> {
    let mut snippets = world.everywhere("snippet");
    snippets
        .find(|(_, record)| record.get("id").and_then(Value::as_u64) == Some(id))
        .map(|(shelf, _)| shelf.container)
}

fn is_owner(world: &World, container: Container, path: &str) -> bool {
    match container {
        Container::Project(id) => world.find_project(path).is_some_and(|project| project.id == id),
        _ => path.is_empty() || path == "-",
    }
}

/// Decides on a use by scopes first and then by role, as GitLab does.
pub(crate) fn permit(world: &World, viewer: &Viewer, on: Repository, action: Action) -> Result<Use, Refusal> {
    check_role(world, viewer, on, action)?;
    check_scopes(viewer, action)?;
    let user = viewer.user.and_then(|id| world.users.get(&id));
    Ok(Use {
        username: user.map(|user| user.username.clone()).unwrap_or_default(),
        protected: protected_branch(world, viewer, on),
    })
}

fn check_scopes(viewer: &Viewer, action: Action) -> Result<(), Refusal> {
    let (scopes, text): (&[&str], _) = match action {
        Action::Download => (
            &["api", "read_api", "read_repository", "write_repository"],
            "You are not allowed to download code.",
        ),
        Action::Upload => (&["api", "write_repository"], "You are not allowed to upload code."),
    };
    // Projects let jobs push only where they say so, and none of these does.
    let admitted = match viewer.job {
        Some(_) => action == Action::Download,
        None => viewer.user.is_none() || scopes.iter().any(|scope| viewer.has(scope)),
    };
    if admitted { Ok(()) } else { Err(Refusal::Forbidden(text)) }
}

fn check_role(world: &World, viewer: &Viewer, on: Repository, action: Action) -> Result<(), Refusal> {
    match on {
        Repository::Project(id) => in_project(world, viewer, id, action, [Role::Reporter, Role::Developer]),
        Repository::ProjectWiki(id) => in_project(world, viewer, id, action, [Role::Guest, Role::Developer]),
        Repository::GroupWiki(id) => in_group(world, viewer, id, action),
        Repository::Snippet(id) => match owner_of_snippet(world, id) {
            Some(Container::Project(project)) => {
                in_project(world, viewer, project, action, [Role::Guest, Role::Developer])
            }
            Some(Container::User(owner)) => in_own_namespace(viewer, owner),
            _ => Err(Refusal::NotFound),
        },
    }
}

fn in_own_namespace(viewer: &Viewer, owner: u64) -> Result<(), Refusal> {
    match viewer.user {
        Some(user) if user == owner || viewer.admin => Ok(()),
        Some(_) => Err(Refusal::NotFound),
        None => Err(Refusal::SignIn),
    }
}

fn in_project(
    world: &World,
    viewer: &Viewer,
    id: u64,
    action: Action,
    roles: [Role; 2],
) -> Result<(), Refusal> {
    let project = world.projects.get(&id).ok_or(Refusal::NotFound)?;
    let standing = world.standing_in_project(viewer.user, project);
    let [reading, writing] = roles;
    let holds = match action {
        Action::Download => standing.reading >= reading,
        Action::Upload => standing.role >= writing && !project.archived,
    };
    let text = match action {
        Action::Download => "You are not allowed to download code from this project.",
        Action::Upload => "You are not allowed to push code to this project.",
    };
    judge(viewer, standing.sees(), holds, text)
}

fn in_group(world: &World, viewer: &Viewer, id: u64, action: Action) -> Result<(), Refusal> {
    let group = world.groups.get(&id).ok_or(Refusal::NotFound)?;
    let standing = world.standing_in_group(viewer.user, group);
    let holds = match action {
        Action::Download => standing.reading >= Role::Guest,
        Action::Upload => standing.role >= Role::Developer,
    };
    judge(viewer, standing.sees(), holds, "You are not allowed to write to this group's wiki.")
}

fn judge(viewer: &Viewer, sees: bool, holds: bool, text: &'static str) -> Result<(), Refusal> {
    match viewer.user {
        _ if holds => Ok(()),
        None => Err(Refusal::SignIn),
        Some(_) if sees => Err(Refusal::Forbidden(text)),
        Some(_) => Err(Refusal::NotFound),
    }
}

/// The default branch, unless the user is a maintainer.
fn protected_branch(world: &World, viewer: &Viewer, on: Repository) -> Option<String> {
    let Repository::Project(id) = on else { return None };
    let project: &Project = world.projects.get(&id)?;
    let role = world.standing_in_project(viewer.user, project).role;
    (role < Role::Maintainer).then(|| project.default_branch.clone())
}
