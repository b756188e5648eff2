//! Things that a bare id names: vulnerabilities, container repositories, packages, virtual registries.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::http::{ApiError, Call, Need, Reply, json as answer};
use crate::world::{Container, Record, Shelf, World, is_named};

/// An endpoint that shows one thing by its id: path, kind, and the role that sees it.
type ById = (&'static str, &'static str, Role);

static BY_ID: [ById; 9] = [
    ("/vulnerabilities/{id}", "vulnerability", Role::Developer),
    ("/security/vulnerability_archive_exports/{id}", "archive export", Role::Developer),
    ("/registry/repositories/{id}", "registry", Role::Reporter),
    ("/virtual_registries/packages/maven/registries/{id}", "maven registry", Role::Guest),
    ("/virtual_registries/packages/maven/upstreams/{id}", "maven upstream", Role::Guest),
    ("/virtual_registries/packages/maven/local/upstreams/{id}", "maven local upstream", Role::Guest),
    ("/virtual_registries/packages/npm/registries/{id}", "npm registry", Role::Guest),
    ("/virtual_registries/container/registries/{id}", "container registry", Role::Guest),
    ("/virtual_registries/container/upstreams/{id}", "container upstream", Role::Guest),
];

/// The virtual registries of a group, by the path of their listing.
static OF_GROUP: [(&str, &str); 3] = [
    ("/groups/{id}/-/virtual_registries/packages/maven/registries", "maven registry"),
    ("/groups/{id}/-/virtual_registries/packages/npm/registries", "npm registry"),
    ("/groups/{id}/-/virtual_registries/container/registries", "container registry"),
];

pub(super) fn routes() -> Router<Forge> {
    let mut router = Router::new()
        .route("/projects/{id}/registry/repositories", get(|path, call| of_project(path, call, "registry")))
        .route("/groups/{id}/registry/repositories", get(|path, call| below_group(path, call, "registry")))
        .route("/projects/{id}/packages", get(|path, call| of_project(path, call, "package")))
        .route("/projects/{id}/packages/{package}", get(package))
        .route("/groups/{id}/packages", get(|path, call| below_group(path, call, "package")))
        .route("/projects/{id}/vulnerabilities", get(|path, call| of_project(path, call, "vulnerability")));
    for by_id in &BY_ID {
        router = router.route(by_id.0, get(move |path, call| show(path, call, by_id)));
    }
    for (path, kind) in OF_GROUP {
        router = router.route(path, get(move |path, call| of_group(path, call, kind)));
    }
    router
}

/// Holds the viewer to a role in what a thing belongs to; what may not be seen is not found.
fn check(call: &Call, world: &World, container: Container, role: Role) -> Result<(), ApiError> {
    match container {
        Container::Project(id) => call.project(world, &id.to_string(), Need::Read(role)).map(drop),
        Container::Group(id) => call.group(world, &id.to_string(), Need::Read(role)).map(drop),
        Container::User(_) | Container::Instance => call.viewer.administrator().map(drop),
    }
}

async fn show(Path(id): Path<String>, call: Call, (_, kind, role): &ById) -> Reply {
    let world = call.forge.world();
    let found = world.everywhere(kind).find(|(_, record)| is_named(record, &["id"], &id));
    let (shelf, record) = found.ok_or_else(ApiError::missing)?;
    check(&call, &world, shelf.container, *role)?;
    Ok(answer(StatusCode::OK, &json!(record)))
}

/// Whether a record has the name and type that a listing asks for.
fn is_wanted(call: &Call, record: &Record) -> bool {
    let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    call.params.text("package_name").is_none_or(|name| text("name").contains(&name))
        && call.params.text("package_type").is_none_or(|kind| text("package_type") == kind)
}

async fn of_project(Path(id): Path<String>, call: Call, kind: &'static str) -> Reply {
    let found = {
        let world = call.forge.world();
        let project = call.project(&world, &id, Need::Read(Role::Reporter))?.id;
        let records = world.shelf(Shelf::new(kind, Container::Project(project))).iter();
        records.filter(|record| is_wanted(&call, record)).map(|record| json!(record)).collect()
    };
    call.page(found)
}

async fn below_group(Path(id): Path<String>, call: Call, kind: &'static str) -> Reply {
    let found = {
        let world = call.forge.world();
        let group = call.group(&world, &id, Need::Read(Role::Guest))?.id;
        let inside = |shelf: &Shelf| match shelf.container {
            Container::Project(id) => world.projects.get(&id).is_some_and(|project| {
                world.project_chain(project).contains(&group)
                    && world.standing_in_project(call.viewer.user, project).reading >= Role::Reporter
            }),
            _ => false,
        };
        let records =
            world.everywhere(kind).filter(|(shelf, record)| inside(shelf) && is_wanted(&call, record));
        records.map(|(_, record)| json!(record)).collect()
    };
    call.page(found)
}

async fn of_group(Path(id): Path<String>, call: Call, kind: &'static str) -> Reply {
    let found = {
        let world = call.forge.world();
        let group = call.group(&world, &id, Need::Read(Role::Guest))?.id;
        world.shelf(Shelf::new(kind, Container::Group(group))).iter().map(|record| json!(record)).collect()
    };
    call.page(found)
}

async fn package(Path((id, package)): Path<(String, String)>, call: Call) -> Reply {
    let world = call.forge.world();
    let project = call.project(&world, &id, Need::Read(Role::Reporter))?.id;
    let found = world.record(Shelf::new("package", Container::Project(project)), &["id"], &package);
    Ok(answer(StatusCode::OK, &json!(found.ok_or_else(|| ApiError::not_found("Package"))?)))
}
