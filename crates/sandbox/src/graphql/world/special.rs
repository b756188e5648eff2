//! Fields that need more words than a directive has: one line each here, and what they do below.

use serde_json::{Value, json};

use super::Worldly;
use super::item::{Found, Item};
use super::object::{Arguments, text};
use super::{permissions, places, repository, work};

/// Where a field comes from that has no plan and is no key of a record.
pub(super) fn find(served: &Worldly, item: &Item, field: &str, arguments: &Arguments) -> Option<Found> {
    let one = |item: Option<Item>| Some(Found::One(item));
    let many = |items: Vec<Item>| Some(Found::Many(items));
    match (item.type_name.as_str(), field) {
        ("Query", "currentUser") => one(places::user(served, served.viewer.user)),
        ("Query", "user") => one(places::user_asked_for(served, arguments)),
        ("Query", "users") => many(places::users(served, arguments)),
        ("Query", "project") => one(places::project_at(served, text(arguments, "fullPath")?)),
        ("Query", "projects") => many(places::projects(served, arguments)),
        ("Query", "group") => one(places::group_at(served, text(arguments, "fullPath")?)),
        ("Query", "groups") => many(places::groups(served, arguments)),
        ("Query", "namespace") => one(places::namespace_at(served, text(arguments, "fullPath")?)),
        ("Query", "metadata") => one(Some(metadata(item))),
        ("Query", "note") => one(work::note(served, text(arguments, "id")?)),
        ("Query", "echo") => {
            Some(Found::Value(json!(format!("{:?} says: {}", served.viewer.user, text(arguments, "text")?))))
        }
        ("Project" | "WorkItem", "namespace") => one(places::namespace_of(served, item)),
        ("UserCore" | "CurrentUser", "namespace") => one(places::namespace_of_user(served, item.number())),
        ("MergeRequest", "targetProject" | "sourceProject") | (_, "project" | "ownerProject") => {
            one(places::project_of(served, item))
        }
        ("Group", "parent") => {
            one(places::group_numbered(served, item.at("parent_id").and_then(Value::as_u64)))
        }
        (_, "group") => one(places::group_of(served, item)),
        ("Group" | "Namespace", "projects") => many(places::projects_in(served, item, arguments)),
        ("Group", "descendantGroups") => many(places::groups_in(served, item)),
        ("Project", "autocompleteUsers") => many(places::users_of(served, item)),
        ("Project", "projectMembers") => many(places::members(served, item, "ProjectMember")),
        ("Group", "groupMembers") => many(places::members(served, item, "GroupMember")),
        ("UserCore" | "CurrentUser", "projectMemberships") => {
            many(places::memberships(served, item, "ProjectMember"))
        }
        ("UserCore" | "CurrentUser", "groupMemberships") => {
            many(places::memberships(served, item, "GroupMember"))
        }
        ("UserCore" | "CurrentUser", "groups") => many(places::groups_of_user(served, item)),
        ("CiRunner", "projects") => many(places::project_of(served, item).into_iter().collect()),
        ("CiRunner", "groups") => many(places::group_of(served, item).into_iter().collect()),
        ("Project", "repository") => one(repository::of(served, item)),
        ("Repository", field) => repository::field(served, item, field, arguments),
        ("Tree", field) => repository::tree(served, item, field),
        ("Blob" | "RepositoryBlob", "rawBlob" | "rawTextBlob") => repository::content(served, item),
        ("Branch", "commit") => item.at("commit").cloned().map(Found::Value),
        ("Pipeline", "stages") => many(work::stages(served, item)),
        ("CiStage", "jobs") => many(work::jobs_of_stage(served, item)),
        ("WorkItem", "widgets") => many(work::widgets(item)),
        ("WorkItem", "workItemType") => one(Some(work::work_item_type(item))),
        ("WorkItem", "state") => {
            Some(Found::Value(json!(if item.at("state")? == "opened" { "OPEN" } else { "CLOSED" })))
        }
        ("Todo", "target" | "targetEntity") => one(work::target(served, item)),
        ("Issue" | "MergeRequest" | "Epic" | "WorkItemWidgetLabels", "labels") => {
            many(work::labels(served, item))
        }
        ("Issue" | "MergeRequest" | "Epic" | "Snippet" | "WorkItemWidgetNotes", "notes") => {
            many(work::notes(served, item))
        }
        ("Issue" | "MergeRequest" | "Epic" | "Snippet" | "WorkItemWidgetNotes", "discussions") => {
            many(work::discussions(served, item))
        }
        ("Note", "discussion") => one(Some(work::discussion_of(item))),
        ("Discussion", "noteable") => one(work::noteable(served, item)),
        ("Discussion", "notes") => many(vec![item.clone().seen_as("Note")]),
        (_, "userPermissions") => one(permissions::of(served, item)),
        (_, "reference") => Some(Found::Value(json!(work::reference(item, arguments)?))),
        (_, "webPath") => {
            Some(Found::Value(json!(item.at("web_url")?.as_str()?.strip_prefix(served.forge.url())?)))
        }
        (_, "titleHtml" | "descriptionHtml" | "bodyHtml") => {
            let source = item.at(field.strip_suffix("Html")?)?.as_str()?;
            Some(Found::Value(json!(format!("<p>{source}</p>"))))
        }
        _ => None,
    }
}

fn metadata(item: &Item) -> Item {
    Item::new(
        "Metadata",
        item.place,
        json!({ "version": crate::api::VERSION, "revision": crate::api::REVISION, "enterprise": true, "kas": { "enabled": false } }),
    )
}
