//! Fields that need more words than a directive has: one line each here, and what they do below.

use serde_json::{Value, json};

use super::Worldly;
use super::item::{Found, Item};
use super::object::{Arguments, text};
use super::{ci, merge_requests, notes, permissions, places, planning, repository, security, stock, work};
use crate::graphql::gid;

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
        ("Query", "note") => one(notes::named(served, text(arguments, "id")?)),
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
        ("Project", "projectMembers") => many(places::members_asked_for(served, item, arguments)),
        ("Project", "workItemTypes") => many(work::work_item_types(item)),
        ("Project", "agentConfigurations") => many(repository::agents(served, item)),
        ("Project", "statistics") => one(repository::statistics(served, item)),
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
        ("Branch", "commit") => {
            one(item.at("commit").map(|commit| repository::commit_item(item, commit.clone())))
        }
        ("WorkItem", "widgets") => many(work::widgets(item)),
        ("WorkItem", "workItemType") => one(Some(work::work_item_type(item))),
        ("WorkItem", "state") => {
            Some(Found::Value(json!(if item.at("state")? == "opened" { "OPEN" } else { "CLOSED" })))
        }
        ("Todo", "target" | "targetEntity") => one(work::target(served, item)),
        ("Todo", "targetType") => work::target_type(item).map(Found::Value),
        ("Issue" | "MergeRequest" | "Epic" | "WorkItemWidgetLabels", "labels") => {
            many(work::labels(served, item))
        }
        ("Issue" | "MergeRequest" | "Epic" | "Snippet" | "WorkItemWidgetNotes", "notes") => {
            many(notes::on(served, item))
        }
        ("Issue" | "MergeRequest" | "Epic" | "Snippet" | "WorkItemWidgetNotes", "discussions") => {
            many(notes::discussions(served, item))
        }
        ("Note", "discussion") => one(notes::discussion_of(served, item)),
        ("Note", "url") => notes::url(served, item).map(Found::Value),
        ("Discussion", "replyId") => Some(Found::Value(json!(gid::write("Discussion", item.number())))),
        ("Discussion", "noteable") => one(notes::about(served, item)),
        ("Discussion", "notes") => many(notes::in_discussion(served, item)),
        ("Snippet", "blobs") => many(work::blobs(served, item)),
        (_, "userPermissions") => one(permissions::of(served, item)),
        (_, "reference") => Some(Found::Value(json!(work::reference(item, arguments)?))),
        (_, "webPath") => {
            Some(Found::Value(json!(item.at("web_url")?.as_str()?.strip_prefix(served.forge.url())?)))
        }
        (_, "titleHtml" | "descriptionHtml" | "bodyHtml") => {
            let source = item.at(field.strip_suffix("Html")?)?.as_str()?;
            Some(Found::Value(json!(format!("<p>{source}</p>"))))
        }
        _ => ci::field(served, item, field)
            .or_else(|| merge_requests::field(served, item, field))
            .or_else(|| planning::field(served, item, field, arguments))
            .or_else(|| security::field(served, item, field, arguments))
            .or_else(|| stock::field(served, item, field)),
    }
}

fn metadata(item: &Item) -> Item {
    Item::new(
        "Metadata",
        item.place,
        json!({ "version": crate::api::VERSION, "revision": crate::api::REVISION, "enterprise": true, "kas": { "enabled": false } }),
    )
}
