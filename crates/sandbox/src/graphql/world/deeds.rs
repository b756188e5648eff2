//! Mutations that take more words than a directive has.

use ::http::Method;
use apollo_compiler::resolvers::FieldError;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::Worldly;
use super::declared::DECLARED;
use super::item::Item;
use super::mutation::{may, place, refused, target};
use super::notes;
use super::object::{Arguments, text};
use super::records::numbered;
use super::rest::{Refused, encode};
use super::work::issue_type;
use crate::graphql::gid;
use crate::http::iso;
use crate::world::{Container, Record, Shelf};

/// Performs what `@does` names.
pub(super) fn perform(served: &Worldly, what: &str, input: &Arguments) -> Result<Item, FieldError> {
    match what {
        "move" => move_issue(served, input),
        "note" => note(served, input),
        "resolve" => resolve(served, input),
        "work item" => work_item(served, input),
        "runner" => runner(served, input),
        "snippet" => snippet(served, input),
        "members" => members(served, input),
        "drop all" => drop_all(served, input),
        "commit" => commit(served, input),
        _ => Err(refused()),
    }
}

/// The old issue is closed and points at the new one.
fn move_issue(served: &Worldly, input: &Arguments) -> Result<Item, FieldError> {
    let (from, mut old) = target(served, "issue", input).ok_or_else(refused)?;
    let mut moved = old.clone();
    let mut world = served.forge.world();
    let to = text(input, "targetProjectPath")
        .and_then(|path| world.find_project(path))
        .ok_or_else(refused)?
        .clone();
    let role = |place| served.role(&world, place);
    if role(from.container) < Role::Planner || role(Container::Project(to.id)) < Role::Planner {
        return Err(refused());
    }
    let shelf = Shelf::new("issue", Container::Project(to.id));
    let iid = crate::api::next_iid(world.shelf(shelf));
    let path = world.project_path(&to);
    let id = world.next_id("issue");
    moved.extend(crate::world::object(json!({
        "id": id,
        "iid": iid,
        "project_id": to.id,
        "web_url": format!("{}/{path}/-/issues/{iid}", served.forge.url()),
        "references": { "short": format!("#{iid}"), "relative": format!("#{iid}"), "full": format!("{path}#{iid}") },
    })));
    let number = old.get("id").map(ToString::to_string).unwrap_or_default();
    old.extend(crate::world::object(
        json!({ "state": "closed", "moved_to_id": id, "closed_at": iso(served.forge.now()) }),
    ));
    if let Some(kept) = world.record_mut(from, &["id"], &number) {
        *kept = old;
    }
    world.put(shelf, moved.clone());
    Ok(Item::of_record("issue", shelf.container, &moved))
}

/// Sets the role of members; all of them must be members already.
fn members(served: &Worldly, input: &Arguments) -> Result<Item, FieldError> {
    let mut world = served.forge.world();
    let place = place(&world, input).ok_or_else(refused)?;
    let needs = if matches!(place, Container::Group(_)) { Role::Owner } else { Role::Maintainer };
    let level = match text(input, "accessLevel") {
        Some("GUEST") => 10,
        Some("REPORTER") => 20,
        Some("DEVELOPER") => 30,
        Some("MAINTAINER") => 40,
        Some("OWNER") => 50,
        _ => return Err(refused()),
    };
    if served.role(&world, place) < needs {
        return Err(refused());
    }
    let ids = input.get("userIds").and_then(Value::as_array).cloned().unwrap_or_default();
    for (_, user) in ids.iter().filter_map(Value::as_str).filter_map(gid::parse) {
        world.members.get_mut(&(place, user)).ok_or_else(refused)?.access_level = level;
    }
    Ok(Item { type_name: String::new(), place, data: crate::world::Record::new() })
}

/// Takes away the records that a list of global ids names; all of them, or none.
fn drop_all(served: &Worldly, input: &Arguments) -> Result<Item, FieldError> {
    let mut world = served.forge.world();
    let place = place(&world, input).ok_or_else(refused)?;
    if served.role(&world, place) < Role::Maintainer {
        return Err(refused());
    }
    let ids = input.get("ids").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut found = Vec::new();
    for (model, number) in ids.iter().filter_map(Value::as_str).filter_map(gid::parse) {
        let kind = DECLARED.kind_of(model).ok_or_else(refused)?;
        let (shelf, _) = numbered(&world, kind, number)
            .filter(|(shelf, _)| shelf.container == place)
            .ok_or_else(refused)?;
        found.push((shelf, number));
    }
    for (shelf, number) in found {
        world.remove(shelf, &["id"], &number.to_string());
    }
    Ok(Item { type_name: String::new(), place, data: crate::world::Record::new() })
}

fn commit(served: &Worldly, input: &Arguments) -> Result<Item, FieldError> {
    let path = text(input, "projectPath").ok_or_else(refused)?;
    let actions = input.get("actions").and_then(Value::as_array).cloned().unwrap_or_default();
    let actions: Vec<Value> = actions
        .iter()
        .map(|it| {
            let action = it.get("action").and_then(Value::as_str).map(str::to_lowercase);
            json!({ "action": action, "file_path": it.get("filePath"), "previous_path": it.get("previousPath"), "content": it.get("content") })
        })
        .collect();
    let mut body = json!({ "branch": text(input, "branch"), "commit_message": text(input, "message"), "actions": actions });
    if let Some(start) = text(input, "startBranch") {
        crate::view::extend(&mut body, json!({ "start_branch": start }));
    }
    let made = served
        .rest(Method::POST, &format!("/projects/{}/repository/commits", encode(path)), &body)
        .map_err(plainly)?;
    let place = place(&served.forge.world(), input).ok_or_else(refused)?;
    Ok(Item { type_name: "Commit".to_owned(), place, data: crate::world::object(made) })
}

fn plainly(_: Refused) -> FieldError {
    refused()
}

fn note(served: &Worldly, input: &Arguments) -> Result<Item, FieldError> {
    let (model, number) = text(input, "noteableId").and_then(gid::parse).ok_or_else(refused)?;
    let (kind, path, title, named) = match model {
        "Issue" | "WorkItem" => ("issue", "issues", "Issue", "iid"),
        "MergeRequest" => ("merge_request", "merge_requests", "MergeRequest", "iid"),
        "ProjectSnippet" => ("snippet", "snippets", "Snippet", "id"),
        _ => return Err(refused()),
    };
    let found = numbered(&served.forge.world(), kind, number);
    let answered = match text(input, "discussionId") {
        Some(id) => Some(discussion(served, id)?.1.get("id").cloned()),
        None => None,
    };
    let (shelf, on) = found
        .filter(|(shelf, on)| served.sees(&served.forge.world(), kind, shelf.container, on))
        .ok_or_else(refused)?;
    let Container::Project(project) = shelf.container else { return Err(refused()) };
    let on = on.get(named).map(ToString::to_string).unwrap_or_default();
    let body = json!({ "body": text(input, "body"), "internal": input.get("internal") });
    let made = served
        .rest(Method::POST, &format!("/projects/{project}/{path}/{on}/notes"), &body)
        .map_err(plainly)?;
    let made = made.get("id").and_then(Value::as_u64).ok_or_else(refused)?;
    let mut world = served.forge.world();
    let (below, mut note) = numbered(&world, title, made).ok_or_else(refused)?;
    if let Some(answered) = answered {
        note.insert("discussion_of".to_owned(), json!(answered));
        if let Some(kept) = world.record_mut(below, &["id"], &made.to_string()) {
            note.clone_into(kept);
        }
    }
    Ok(Item::of_record("note", below.container, &note))
}

/// The note that began the discussion of this global id, and its shelf.
fn discussion(served: &Worldly, id: &str) -> Result<(Shelf, Record), FieldError> {
    let (_, number) = gid::parse(id).filter(|(model, _)| *model == "Discussion").ok_or_else(refused)?;
    notes::find(served, number).ok_or_else(refused)
}

/// Resolves a discussion, or opens it again: for developers and whoever began it.
fn resolve(served: &Worldly, input: &Arguments) -> Result<Item, FieldError> {
    let (shelf, mut note) = discussion(served, text(input, "id").unwrap_or_default())?;
    let mut world = served.forge.world();
    let is_resolvable = note.get("resolvable") == Some(&Value::Bool(true));
    if !is_resolvable || !may(served, &world, "note", shelf.container, &note, Role::Developer) {
        return Err(refused());
    }
    let resolved = input.get("resolve") == Some(&Value::Bool(true));
    let by = crate::view::author_of(&world, served.forge.url(), served.viewer.user);
    note.extend(crate::world::object(json!({
        "resolved": resolved,
        "resolved_by": resolved.then_some(by),
        "resolved_at": resolved.then(|| iso(served.forge.now())),
    })));
    let number = note.get("id").map(ToString::to_string).unwrap_or_default();
    if let Some(kept) = world.record_mut(shelf, &["id"], &number) {
        note.clone_into(kept);
    }
    Ok(notes::as_discussion(Item::of_record("note", shelf.container, &note)))
}

/// Makes an issue of the type that the input names.
fn work_item(served: &Worldly, input: &Arguments) -> Result<Item, FieldError> {
    let (_, number) = text(input, "workItemTypeId").and_then(gid::parse).ok_or_else(refused)?;
    let kind = issue_type(number).ok_or_else(refused)?;
    let path = text(input, "projectPath").or_else(|| text(input, "namespacePath")).ok_or_else(refused)?;
    let body = json!({ "title": text(input, "title"), "description": text(input, "description"), "issue_type": kind });
    let made =
        served.rest(Method::POST, &format!("/projects/{}/issues", encode(path)), &body).map_err(plainly)?;
    let made =
        made.get("id").and_then(Value::as_u64).and_then(|id| numbered(&served.forge.world(), "issue", id));
    made.map(|(shelf, issue)| Item::of_record("issue", shelf.container, &issue)).ok_or_else(refused)
}

fn runner(served: &Worldly, input: &Arguments) -> Result<Item, FieldError> {
    let kind = text(input, "runnerType").unwrap_or_default().to_lowercase();
    let place = match kind.as_str() {
        "instance_type" => Some(Container::Instance),
        _ => place(&served.forge.world(), input),
    };
    let place = place
        .filter(|place| {
            matches!(
                (kind.as_str(), place),
                ("instance_type", _)
                    | ("group_type", Container::Group(_))
                    | ("project_type", Container::Project(_))
            )
        })
        .ok_or_else(refused)?;
    let needs = if matches!(place, Container::Group(_)) { Role::Owner } else { Role::Maintainer };
    let mut world = served.forge.world();
    if !may(served, &world, "runner", place, &crate::world::Record::new(), needs) {
        return Err(refused());
    }
    let about = text(input, "description").unwrap_or_default();
    let id = world.add_runner(&kind, place, about, &iso(served.forge.now()));
    let made = numbered(&world, "runner", id);
    made.map(|(shelf, record)| Item::of_record("runner", shelf.container, &record)).ok_or_else(refused)
}

fn snippet(served: &Worldly, input: &Arguments) -> Result<Item, FieldError> {
    let path = match text(input, "projectPath") {
        Some(project) => format!("/projects/{}/snippets", encode(project)),
        None => "/snippets".to_owned(),
    };
    let files = input.get("blobActions").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut files: Vec<Value> = files
        .iter()
        .map(|it| json!({ "file_path": it.get("filePath"), "content": it.get("content") }))
        .collect();
    if files.is_empty() {
        files.push(json!({ "file_path": "snippetfile1.txt", "content": "" }));
    }
    let body = json!({ "title": text(input, "title"), "description": input.get("description"), "visibility": text(input, "visibilityLevel"), "files": files });
    let made = served.rest(Method::POST, &path, &body).map_err(plainly)?;
    let made =
        made.get("id").and_then(Value::as_u64).and_then(|id| numbered(&served.forge.world(), "snippet", id));
    made.map(|(shelf, record)| Item::of_record("snippet", shelf.container, &record)).ok_or_else(refused)
}
