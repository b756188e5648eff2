//! Projects.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::http::{ApiError, Call, Need, Params, Reply, accepted, created, json as answer};
use crate::view;
use crate::world::{Container, Namespace, Project, Visibility, World};

pub(super) fn routes() -> Router<Forge> {
    Router::new()
        .route("/projects", get(list).post(create))
        .route("/projects/{id}", get(show).put(update).delete(remove))
        .route("/users/{id}/projects", get(of_user))
        .route("/groups/{id}/projects", get(of_group))
}

async fn list(call: Call) -> Reply {
    listing(&call, |_, _| true)
}

async fn of_user(Path(id): Path<String>, call: Call) -> Reply {
    let owner = {
        let world = call.forge.world();
        let by_id = id.parse().ok().and_then(|id: u64| world.users.get(&id));
        by_id.or_else(|| world.user_named(&id)).map(|user| user.id)
    };
    let owner = owner.ok_or_else(|| ApiError::not_found("User"))?;
    listing(&call, move |_, project| project.namespace == Namespace::User(owner))
}

async fn of_group(Path(id): Path<String>, call: Call) -> Reply {
    let group = call.group(&call.forge.world(), &id, Need::Read(Role::Guest))?.id;
    let deep = call.params.flag("include_subgroups").unwrap_or(false);
    listing(&call, move |world, project| match deep {
        true => world.project_chain(project).contains(&group),
        false => project.namespace == Namespace::Group(group),
    })
}

/// The projects that the viewer sees, filtered, newest first.
fn listing(call: &Call, keep: impl Fn(&World, &Project) -> bool) -> Reply {
    let mut projects: Vec<Value> = {
        let world = call.forge.world();
        let seen = world.projects.values().filter(|project| {
            world.standing_in_project(call.viewer.user, project).sees()
                && keep(&world, project)
                && is_wanted(&world, call, project)
        });
        let simple = call.params.flag("simple").unwrap_or(call.viewer.user.is_none());
        seen.map(|project| match simple {
            true => view::project_brief(&world, call.forge.url(), project),
            false => view::project(&world, call.forge.url(), project, &call.viewer),
        })
        .collect()
    };
    if call.params.text("sort").as_deref() != Some("asc") {
        projects.reverse();
    }
    match call.params.text("pagination").as_deref() {
        Some("keyset") => Ok(call.page_by_id(&projects)),
        _ => call.page(projects),
    }
}

fn is_wanted(world: &World, call: &Call, project: &Project) -> bool {
    let params = &call.params;
    let user = call.viewer.user;
    let search = params.text("search").map(|text| text.to_lowercase());
    let least = params.number("min_access_level");
    let level =
        world.project_level(user, project).max(world.group_level(user, &world.project_chain(project)));
    let set = |name| params.flag(name) == Some(true);
    (!set("membership") || world.is_member(user, project))
        && (!set("owned") || level == Some(50))
        && least.is_none_or(|least| level.is_some_and(|level| level >= least))
        && params.flag("archived").is_none_or(|archived| archived == project.archived)
        && params.text("visibility").is_none_or(|text| text == project.visibility.as_str())
        && params.number("id_after").is_none_or(|id| project.id > id)
        && params.number("id_before").is_none_or(|id| project.id < id)
        && search.is_none_or(|text| world.project_path(project).to_lowercase().contains(&text))
}

async fn show(Path(id): Path<String>, call: Call) -> Reply {
    let world = call.forge.world();
    let project = call.project(&world, &id, Need::Read(Role::Guest))?;
    Ok(answer(StatusCode::OK, &view::project(&world, call.forge.url(), &project, &call.viewer)))
}

async fn create(call: Call) -> Reply {
    let user = call.viewer.signed_in()?;
    let mut world = call.forge.world();
    let name = call.params.text("name").or_else(|| call.params.text("path"));
    let name = name.ok_or_else(|| {
        ApiError::bad_parameter("name, path are missing, at least one parameter must be provided")
    })?;
    let path = call.params.text("path").unwrap_or_else(|| slug(&name));
    let namespace = target_namespace(&call, &world, user)?;
    check_path(&world, namespace, &path, None)?;
    let id = world.next_id("project");
    let runners_token = format!("GR1348941{}", world.draw_secret(20));
    let mut project = Project {
        id,
        namespace,
        path,
        name,
        description: None,
        visibility: Visibility::Private,
        archived: false,
        default_branch: "main".to_owned(),
        topics: Vec::new(),
        creator: user,
        created_at: call.forge.now(),
        runners_token,
        seeded: call.params.flag("initialize_with_readme").unwrap_or(false),
    };
    apply(&mut project, &call.params)?;
    world.projects.insert(id, project.clone());
    Ok(created(&view::project(&world, call.forge.url(), &project, &call.viewer)))
}

/// Where a new project goes: `namespace_id`, if the viewer may create projects there, or the own namespace.
fn target_namespace(call: &Call, world: &World, user: u64) -> Result<Namespace, ApiError> {
    let Some(id) = call.params.number("namespace_id") else { return Ok(Namespace::User(user)) };
    let refused = || ApiError::bad_request(json!({ "namespace": ["is not valid"] }));
    match world.find_namespace(id).ok_or_else(refused)? {
        Namespace::User(owner) if owner != user && !call.viewer.admin => Err(refused()),
        Namespace::User(owner) => Ok(Namespace::User(owner)),
        Namespace::Group(group) => {
            call.group(world, &group.to_string(), Need::Write(Role::Developer)).map_err(|_| refused())?;
            Ok(Namespace::Group(group))
        }
    }
}

fn check_path(world: &World, namespace: Namespace, path: &str, own: Option<u64>) -> Result<(), ApiError> {
    let valid = path.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if path.is_empty() || !valid || path.starts_with(['-', '.']) || path.ends_with(".git") {
        let text = "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or end in '.atom'";
        return Err(ApiError::bad_request(json!({ "path": [text] })));
    }
    let mut siblings = world.projects.values().filter(|project| project.namespace == namespace);
    if siblings.any(|project| project.path.eq_ignore_ascii_case(path) && Some(project.id) != own) {
        let taken = ["has already been taken"];
        return Err(ApiError::bad_request(
            json!({ "project_namespace.name": taken, "name": taken, "path": taken }),
        ));
    }
    Ok(())
}

fn slug(name: &str) -> String {
    let kept = name.trim().to_lowercase();
    kept.chars().map(|c| if c.is_ascii_alphanumeric() || "_.".contains(c) { c } else { '-' }).collect()
}

/// Sets what create and update have in common.
fn apply(project: &mut Project, params: &Params) -> Result<(), ApiError> {
    if let Some(text) = params.text("visibility") {
        project.visibility = Visibility::parse(&text)
            .ok_or_else(|| ApiError::bad_parameter("visibility does not have a valid value"))?;
    }
    if let Some(description) = params.text("description") {
        project.description = Some(description);
    }
    if let Some(branch) = params.text("default_branch") {
        project.default_branch = branch;
    }
    if let Some(topics) = params.list("topics").or_else(|| params.list("tag_list")) {
        project.topics = topics;
    }
    if let Some(name) = params.text("name") {
        project.name = name;
    }
    Ok(())
}

async fn update(Path(id): Path<String>, call: Call) -> Reply {
    let mut world = call.forge.world();
    let mut project = call.project(&world, &id, Need::Write(Role::Maintainer))?;
    apply(&mut project, &call.params)?;
    if let Some(path) = call.params.text("path") {
        check_path(&world, project.namespace, &path, Some(project.id))?;
        project.path = path;
    }
    world.projects.insert(project.id, project.clone());
    Ok(answer(StatusCode::OK, &view::project(&world, call.forge.url(), &project, &call.viewer)))
}

async fn remove(Path(id): Path<String>, call: Call) -> Reply {
    let mut world = call.forge.world();
    let project = call.project(&world, &id, Need::Write(Role::Owner))?;
    world.projects.remove(&project.id);
    world.clear_container(Container::Project(project.id));
    Ok(accepted())
}
