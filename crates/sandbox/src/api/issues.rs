//! Issues.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::resource::{next_iid, set_fields};
use crate::forge::Forge;
use crate::http::{ApiError, Call, Need, Reply, created, deleted, json as answer};
use crate::view;
use crate::world::{Container, Project, Record, Shelf, World};

const EDITABLE: [&str; 7] =
    ["title", "description", "confidential", "due_date", "weight", "discussion_locked", "issue_type"];

pub(super) fn routes() -> Router<Forge> {
    Router::new()
        .route("/issues", get(mine))
        .route("/groups/{id}/issues", get(of_group))
        .route("/projects/{id}/issues", get(list).post(create))
        .route("/projects/{id}/issues/{iid}", get(show).put(update).delete(remove))
}

fn shelf(project: u64) -> Shelf {
    Shelf::new("issue", Container::Project(project))
}

async fn list(Path(id): Path<String>, call: Call) -> Reply {
    let project = call.project(&call.forge.world(), &id, Need::Read(Role::Guest))?.id;
    listing(&call, |_, it| it.id == project, "all")
}

async fn of_group(Path(id): Path<String>, call: Call) -> Reply {
    let group = call.group(&call.forge.world(), &id, Need::Read(Role::Guest))?.id;
    listing(&call, move |world, it| world.project_chain(it).contains(&group), "all")
}

async fn mine(call: Call) -> Reply {
    call.viewer.signed_in()?;
    listing(&call, |_, _| true, "created_by_me")
}

/// The issues that the viewer sees, filtered, newest first.
fn listing(call: &Call, keep: impl Fn(&World, &Project) -> bool, scope: &str) -> Reply {
    let scope = call.params.text("scope").unwrap_or_else(|| scope.to_owned());
    let mut issues: Vec<Value> = {
        let world = call.forge.world();
        let projects = world.projects.values().filter(|project| {
            world.standing_in_project(call.viewer.user, project).sees() && keep(&world, project)
        });
        let issues =
            projects.flat_map(|project| world.shelf(shelf(project.id)).iter().map(move |it| (project, it)));
        let seen = issues.filter(|(project, issue)| {
            may_see(call, &world, project, issue) && in_scope(call, issue, &scope) && is_wanted(call, issue)
        });
        seen.map(|(_, issue)| json!(issue)).collect()
    };
    issues.sort_by_key(|issue| issue.get("id").and_then(Value::as_u64));
    if call.params.text("sort").as_deref() != Some("asc") {
        issues.reverse();
    }
    call.page(issues)
}

fn author_id(issue: &Record) -> Option<u64> {
    issue.get("author")?.get("id")?.as_u64()
}

fn is_assigned(issue: &Record, user: Option<u64>) -> bool {
    let assignees = issue.get("assignees").and_then(Value::as_array);
    assignees.is_some_and(|list| {
        list.iter().any(|it| it.get("id").and_then(Value::as_u64) == user && user.is_some())
    })
}

/// Confidential issues are for their author, their assignees and planners.
fn may_see(call: &Call, world: &World, project: &Project, issue: &Record) -> bool {
    let user = call.viewer.user;
    let confidential = issue.get("confidential").and_then(Value::as_bool).unwrap_or(false);
    !confidential
        || (user.is_some() && author_id(issue) == user)
        || is_assigned(issue, user)
        || world.standing_in_project(user, project).role >= Role::Planner
}

fn in_scope(call: &Call, issue: &Record, scope: &str) -> bool {
    match scope {
        "created_by_me" | "created-by-me" => author_id(issue) == call.viewer.user,
        "assigned_to_me" | "assigned-to-me" => is_assigned(issue, call.viewer.user),
        _ => true,
    }
}

fn is_wanted(call: &Call, issue: &Record) -> bool {
    let params = &call.params;
    let text = |name: &str| issue.get(name).and_then(Value::as_str).unwrap_or_default().to_lowercase();
    let labels = issue.get("labels").and_then(Value::as_array).cloned().unwrap_or_default();
    let iid = issue.get("iid").and_then(Value::as_u64);
    params.text("state").is_none_or(|state| state == "all" || state == text("state"))
        && params
            .list("labels")
            .is_none_or(|wanted| wanted.iter().all(|label| labels.contains(&json!(label))))
        && params.numbers("iids").is_none_or(|iids| iid.is_some_and(|iid| iids.contains(&iid)))
        && params.number("author_id").is_none_or(|id| author_id(issue) == Some(id))
        && params.number("assignee_id").is_none_or(|id| is_assigned(issue, Some(id)))
        && params.text("search").is_none_or(|search| {
            let search = search.to_lowercase();
            text("title").contains(&search) || text("description").contains(&search)
        })
}

/// An issue of a project, if the viewer may see it.
fn find(call: &Call, world: &World, id: &str, iid: &str) -> Result<(Project, Record), ApiError> {
    let project = call.project(world, id, Need::Read(Role::Guest))?;
    let issue =
        world.record(shelf(project.id), &["iid"], iid).filter(|it| may_see(call, world, &project, it));
    let issue = issue.ok_or_else(|| ApiError::not_found("Issue"))?.clone();
    Ok((project, issue))
}

async fn show(Path((id, iid)): Path<(String, String)>, call: Call) -> Reply {
    let (_, issue) = find(&call, &call.forge.world(), &id, &iid)?;
    Ok(answer(StatusCode::OK, &json!(issue)))
}

async fn create(Path(id): Path<String>, call: Call) -> Reply {
    call.viewer.signed_in()?;
    let mut world = call.forge.world();
    let project = call.project(&world, &id, Need::Read(Role::Guest))?;
    if project.archived {
        return Err(ApiError::forbidden());
    }
    call.params.required("title")?;
    let mut issue = draft(&call, &mut world, &project);
    set_fields(&mut issue, &EDITABLE, &call.params);
    set_people_and_labels(&call, &world, &mut issue);
    world.put(shelf(project.id), issue.clone());
    Ok(created(&json!(issue)))
}

/// A new issue without what the request says of it.
fn draft(call: &Call, world: &mut World, project: &Project) -> Record {
    let id = world.next_id("issue");
    let iid = next_iid(world.shelf(shelf(project.id)));
    let path = world.project_path(project);
    let url = call.forge.url();
    let api = format!("{url}/api/v4/projects/{}/issues/{iid}", project.id);
    let value = json!({
        "id": id,
        "iid": iid,
        "project_id": project.id,
        "title": "",
        "description": null,
        "state": "opened",
        "created_at": call.now(),
        "updated_at": call.now(),
        "closed_at": null,
        "closed_by": null,
        "labels": [],
        "milestone": null,
        "assignees": [],
        "author": call.author(world),
        "type": "ISSUE",
        "assignee": null,
        "user_notes_count": 0,
        "merge_requests_count": 0,
        "upvotes": 0,
        "downvotes": 0,
        "due_date": null,
        "confidential": false,
        "discussion_locked": null,
        "issue_type": "issue",
        "web_url": format!("{url}/{path}/-/issues/{iid}"),
        "time_stats": { "time_estimate": 0, "total_time_spent": 0, "human_time_estimate": null, "human_total_time_spent": null },
        "task_completion_status": { "count": 0, "completed_count": 0 },
        "weight": null,
        "blocking_issues_count": 0,
        "has_tasks": false,
        "_links": { "self": api, "notes": format!("{api}/notes"), "award_emoji": format!("{api}/award_emoji"), "project": format!("{url}/api/v4/projects/{}", project.id), "closed_as_duplicate_of": null },
        "references": { "short": format!("#{iid}"), "relative": format!("#{iid}"), "full": format!("{path}#{iid}") },
        "severity": "UNKNOWN",
        "moved_to_id": null,
        "imported": false,
        "imported_from": "none",
        "service_desk_reply_to": null,
    });
    match value {
        Value::Object(issue) => issue,
        _ => Record::new(),
    }
}

/// Labels and assignees as a request sets them; shared with merge requests.
pub(super) fn set_people_and_labels(call: &Call, world: &World, record: &mut Record) {
    if let Some(labels) = call.params.list("labels") {
        record.insert("labels".to_owned(), json!(labels));
    }
    let mut labels = record.get("labels").and_then(Value::as_array).cloned().unwrap_or_default();
    let removed = call.params.list("remove_labels").unwrap_or_default();
    labels.retain(|label| !removed.iter().any(|it| label == it));
    let added = call.params.list("add_labels").unwrap_or_default();
    labels.extend(added.into_iter().map(Value::String));
    record.insert("labels".to_owned(), Value::Array(labels));
    let ids =
        call.params.numbers("assignee_ids").or_else(|| call.params.number("assignee_id").map(|id| vec![id]));
    if let Some(ids) = ids {
        let users = ids.iter().filter_map(|id| world.users.get(id));
        let assignees: Vec<Value> = users.map(|user| view::author(call.forge.url(), user)).collect();
        record.insert("assignee".to_owned(), assignees.first().cloned().unwrap_or(Value::Null));
        record.insert("assignees".to_owned(), Value::Array(assignees));
    }
}

async fn update(Path((id, iid)): Path<(String, String)>, call: Call) -> Reply {
    let user = call.viewer.signed_in()?;
    let mut world = call.forge.world();
    let (project, mut issue) = find(&call, &world, &id, &iid)?;
    let planner = world.standing_in_project(Some(user), &project).role >= Role::Planner;
    if project.archived || !(planner || author_id(&issue) == Some(user) || is_assigned(&issue, Some(user))) {
        return Err(ApiError::forbidden());
    }
    set_fields(&mut issue, &EDITABLE, &call.params);
    set_people_and_labels(&call, &world, &mut issue);
    set_state(&call, &world, &mut issue);
    issue.insert("updated_at".to_owned(), json!(call.now()));
    if let Some(kept) = world.record_mut(shelf(project.id), &["iid"], &iid) {
        issue.clone_into(kept);
    }
    Ok(answer(StatusCode::OK, &json!(issue)))
}

fn set_state(call: &Call, world: &World, issue: &mut Record) {
    let (state, at, by) = match call.params.text("state_event").as_deref() {
        Some("close") => ("closed", json!(call.now()), call.author(world)),
        Some("reopen") => ("opened", Value::Null, Value::Null),
        _ => return,
    };
    issue.insert("state".to_owned(), json!(state));
    issue.insert("closed_at".to_owned(), at);
    issue.insert("closed_by".to_owned(), by);
}

async fn remove(Path((id, iid)): Path<(String, String)>, call: Call) -> Reply {
    let user = call.viewer.signed_in()?;
    let mut world = call.forge.world();
    let (project, issue) = find(&call, &world, &id, &iid)?;
    let owner = world.standing_in_project(Some(user), &project).role >= Role::Owner;
    if !owner && author_id(&issue) != Some(user) {
        return Err(ApiError::forbidden());
    }
    world.remove(shelf(project.id), &["iid"], &iid);
    Ok(deleted())
}
