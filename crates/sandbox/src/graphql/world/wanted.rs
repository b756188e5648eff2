//! Filters that lists have in common.

use serde_json::Value;

use super::object::Arguments;
use crate::graphql::gid;
use crate::world::Record;

/// Filters that compare a field with an argument, which may be a list: argument and path in the record.
const SAME: [(&str, &str); 25] = [
    ("iid", "/iid"),
    ("iids", "/iid"),
    ("id", "/id"),
    ("ids", "/id"),
    ("state", "/state"),
    ("states", "/state"),
    ("status", "/status"),
    ("statuses", "/status"),
    ("type", "/runner_type"),
    ("paused", "/paused"),
    ("ref", "/ref"),
    ("sha", "/sha"),
    ("source", "/source"),
    ("confidential", "/confidential"),
    ("authorUsername", "/author/username"),
    ("username", "/user/username"),
    ("milestoneTitle", "/milestone/title"),
    ("sourceBranches", "/source_branch"),
    ("targetBranches", "/target_branch"),
    ("packageName", "/name"),
    ("packageType", "/package_type"),
    ("name", "/name"),
    ("title", "/title"),
    ("severity", "/severity"),
    ("tagName", "/tag_name"),
];

/// Filters that a list in the record must satisfy: argument, list, and key of its items.
const WITHIN: [(&str, &str, &str); 5] = [
    ("labelName", "labels", ""),
    ("labels", "labels", ""),
    ("assigneeUsername", "assignees", "username"),
    ("assigneeUsernames", "assignees", "username"),
    ("reviewerUsername", "reviewers", "username"),
];

fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    gid::parse(&text).map_or(text.to_lowercase(), |(_, number)| number.to_string())
}

fn all(value: &Value) -> Vec<String> {
    value.as_array().map_or_else(|| vec![plain(value)], |values| values.iter().map(plain).collect())
}

/// Whether a record passes the filters among the arguments of its list.
pub(super) fn is_wanted(kind: &str, record: &Record, arguments: &Arguments) -> bool {
    let record = Value::Object(record.clone());
    arguments.iter().filter(|(_, wanted)| !wanted.is_null()).all(|(name, wanted)| {
        if matches!(name.as_str(), "search" | "searchTerm" | "searchTitle") {
            let wanted = plain(wanted);
            let texts = ["/title", "/name", "/description"].iter().filter_map(|path| record.pointer(path));
            return texts.map(plain).any(|text| text.contains(&wanted));
        }
        if let Some((_, list, key)) = WITHIN.iter().find(|(argument, ..)| argument == name) {
            let held: Vec<String> = record
                .get(list)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|it| if key.is_empty() { Some(it) } else { it.get(key) })
                .map(plain)
                .collect();
            return all(wanted).iter().all(|it| held.contains(it));
        }
        let Some((_, path)) = SAME.iter().find(|(argument, _)| argument == name) else { return true };
        let wanted = all(wanted);
        // The state `all` and names of other things than records are no filter.
        let free = kind == "note" || wanted.iter().any(|it| it == "all");
        free || record.pointer(path).is_some_and(|value| wanted.contains(&plain(value)))
    })
}
