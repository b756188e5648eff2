//! Repositories, as the REST API reads them.

use ::http::Method;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::Worldly;
use super::item::{Found, Item};
use super::object::{Arguments, text};
use super::rest::encode;
use crate::git::Repository;
use crate::world::Container;

/// The repository of a project, if the viewer may read code.
pub(super) fn of(served: &Worldly, project: &Item) -> Option<Item> {
    let may = served.reads(&served.forge.world(), project.place, Role::Reporter);
    let data = json!({ "root_ref": project.at("default_branch"), "exists": true, "empty": false });
    may.then(|| Item::new("Repository", project.place, data))
}

fn get(served: &Worldly, item: &Item, path: &str) -> Option<Value> {
    let Container::Project(id) = item.place else { return None };
    served.rest(Method::GET, &format!("/projects/{id}/repository/{path}"), &Value::Null).ok()
}

/// The objects of a listing as items of a type.
fn items(of: &Item, type_name: &str, listing: Option<Value>) -> Vec<Item> {
    let listing = listing.and_then(|it| it.as_array().cloned()).unwrap_or_default();
    listing.into_iter().map(|data| Item::new(type_name, of.place, data)).collect()
}

pub(super) fn field(served: &Worldly, item: &Item, field: &str, arguments: &Arguments) -> Option<Found> {
    let reference =
        text(arguments, "ref").or_else(|| item.at("root_ref")?.as_str()).unwrap_or("HEAD").to_owned();
    match field {
        "tree" => {
            let recursive = arguments.get("recursive") == Some(&Value::Bool(true));
            let path = text(arguments, "path").unwrap_or_default();
            Some(Found::One(Some(Item::new(
                "Tree",
                item.place,
                json!({ "ref": reference, "path": path, "recursive": recursive }),
            ))))
        }
        "blobs" => {
            let paths = arguments.get("paths").and_then(Value::as_array).cloned().unwrap_or_default();
            let blob = |path: &Value| {
                let path = path.as_str()?;
                let file = get(served, item, &format!("files/{}?ref={}", encode(path), encode(&reference)))?;
                let data = json!({ "id": file.get("blob_id"), "oid": file.get("blob_id"), "name": file.get("file_name"), "path": path, "ref": reference, "size": file.get("size"), "mode": "100644" });
                Some(Item::new("RepositoryBlob", item.place, page(served, item, data, &reference, path)))
            };
            Some(Found::Many(paths.iter().filter_map(blob).collect()))
        }
        "branchNames" => {
            let wanted = text(arguments, "searchPattern").unwrap_or("*");
            let number =
                |name: &str| arguments.get(name).and_then(Value::as_u64).and_then(|it| it.try_into().ok());
            let (offset, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(0));
            let branches = items(item, "Branch", get(served, item, "branches"));
            let names = branches
                .iter()
                .filter_map(|branch| branch.at("name"))
                .filter(|name| name.as_str().is_some_and(|name| fits(wanted, name)));
            Some(Found::Value(names.skip(offset).take(limit).cloned().collect()))
        }
        "commit" => Some(Found::One(commit(served, item, &reference))),
        _ => None,
    }
}

/// Whether a name fits a pattern, in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            name.char_indices()
                .map(|(at, _)| at)
                .chain([name.len()])
                .any(|at| fits(rest, name.get(at..).unwrap_or_default()))
        }),
    }
}

/// The commit that a name or a hash leads to, in the project that an item belongs to.
pub(super) fn commit(served: &Worldly, item: &Item, reference: &str) -> Option<Item> {
    Some(commit_item(item, get(served, item, &format!("commits/{}", encode(reference)))?))
}

pub(super) fn commit_item(of: &Item, commit: Value) -> Item {
    let mut item = Item::new("Commit", of.place, commit);
    let sha = item.data.get("id").cloned().unwrap_or_default();
    let gid = sha.as_str().map(|sha| format!("gid://gitlab/Commit/{sha}"));
    item.data.extend([("sha".to_owned(), sha), ("id".to_owned(), json!(gid))]);
    item
}

/// Adds the page of a file or directory.
fn page(served: &Worldly, of: &Item, mut data: Value, reference: &str, path: &str) -> Value {
    let world = served.forge.world();
    let Container::Project(id) = of.place else { return data };
    let Some(project) = world.projects.get(&id) else { return data };
    let kind = if data.get("type") == Some(&json!("tree")) { "tree" } else { "blob" };
    let url = format!("{}/{}/-/{kind}/{reference}/{path}", served.forge.url(), world.project_path(project));
    crate::view::extend(&mut data, json!({ "web_url": url, "flat_path": path }));
    data
}

/// The fields of a directory.
pub(super) fn tree(served: &Worldly, item: &Item, field: &str) -> Option<Found> {
    let text = |name: &str| item.at(name).and_then(Value::as_str).unwrap_or_default();
    let (reference, path) = (text("ref"), text("path"));
    let kind = match field {
        "blobs" => "blob",
        "trees" => "tree",
        "lastCommit" => {
            let query = format!("commits?per_page=1&ref_name={}&path={}", encode(reference), encode(path));
            let commit = get(served, item, &query).and_then(|it| it.get(0).cloned());
            return Some(Found::One(commit.map(|commit| commit_item(item, commit))));
        }
        _ => return None,
    };
    let recursive = item.at("recursive") == Some(&Value::Bool(true));
    let query =
        format!("tree?per_page=100&ref={}&path={}&recursive={recursive}", encode(reference), encode(path));
    let entries = get(served, item, &query).and_then(|it| it.as_array().cloned()).unwrap_or_default();
    let type_name = if kind == "blob" { "Blob" } else { "TreeEntry" };
    let entries = entries.into_iter().filter(|entry| entry.get("type").and_then(Value::as_str) == Some(kind));
    let items = entries.map(|mut entry| {
        let sha = entry.get("id").cloned();
        crate::view::extend(&mut entry, json!({ "sha": sha }));
        let path = entry.get("path").and_then(Value::as_str).unwrap_or_default().to_owned();
        Item::new(type_name, item.place, page(served, item, entry, reference, &path))
    });
    Some(Found::Many(items.collect()))
}

/// The agents that the repository configures, each by a folder of its name.
pub(super) fn agents(served: &Worldly, project: &Item) -> Vec<Item> {
    let folder = format!("tree?per_page=100&path={}", encode(".gitlab/agents"));
    let entries = get(served, project, &folder).and_then(|it| it.as_array().cloned()).unwrap_or_default();
    let folders = entries.iter().filter(|entry| entry.get("type") == Some(&json!("tree")));
    let agent = |entry: &Value| {
        Item::new("AgentConfiguration", project.place, json!({ "agent_name": entry.get("name") }))
    };
    folders.map(agent).collect()
}

/// How many commits a repository has, and what it takes on the disk.
pub(super) fn statistics(served: &Worldly, project: &Item) -> Option<Item> {
    let Container::Project(id) = project.place else { return None };
    if !served.reads(&served.forge.world(), project.place, Role::Reporter) {
        return None;
    }
    let asked = async {
        let directory = served.forge.repository(Repository::Project(id)).await.ok()?;
        let git = &served.forge.repositories().git;
        let commits = git.line(&directory, &["rev-list", "--count", "--all"]).await.ok()?;
        let objects = git.line(&directory, &["count-objects", "-v"]).await.ok()?;
        Some((commits.parse::<u64>().ok()?, objects))
    };
    let (commits, objects) = tokio::runtime::Handle::current().block_on(asked)?;
    // `size` and `size-pack` are in KiB.
    let sizes = objects.lines().filter_map(|line| line.strip_prefix("size")?.split_once(": "));
    let size = 1_024 * sizes.filter_map(|(_, size)| size.parse::<u64>().ok()).sum::<u64>();
    let data = json!({ "commit_count": commits, "repository_size": size, "storage_size": size });
    Some(Item::new("ProjectStatistics", project.place, data))
}

/// The text of a file.
pub(super) fn content(served: &Worldly, item: &Item) -> Option<Found> {
    use base64::Engine as _;
    let text = |name: &str| item.at(name).and_then(Value::as_str).unwrap_or_default();
    let file = get(served, item, &format!("files/{}?ref={}", encode(text("path")), encode(text("ref"))))?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(file.get("content")?.as_str()?).ok()?;
    Some(Found::Value(json!(String::from_utf8_lossy(&bytes))))
}
