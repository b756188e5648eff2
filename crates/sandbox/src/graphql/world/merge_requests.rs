//! Merge requests: what they change, and who approves of them.

use ::http::Method;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::Worldly;
use super::item::{Found, Item};
use super::places;
use super::repository::commit_item;
use crate::world::{Container, Shelf};

/// Fields of merge requests and of the rules for their approval.
pub(super) fn field(served: &Worldly, item: &Item, field: &str) -> Option<Found> {
    match (item.type_name.as_str(), field) {
        ("MergeRequest", "approvalsRequired") => Some(Found::Value(json!(required(served, item)))),
        ("MergeRequest", "approvalsLeft") => Some(Found::Value(json!(left(served, item)))),
        ("MergeRequest", "approved") => Some(Found::Value(json!(left(served, item) == 0))),
        ("MergeRequestApprovalState", "rules") => Some(Found::Many(rules(served, item))),
        ("MergeRequestApprovalState", "approvalRulesOverwritten") => Some(Found::Value(json!(false))),
        ("ApprovalRule", "eligibleApprovers") => Some(Found::Many(approvers(served, item))),
        ("MergeRequest", "diffStatsSummary") => Some(Found::One(stats(served, item))),
        ("MergeRequest", "commitsWithoutMergeCommits") => Some(Found::Many(commits(served, item))),
        _ => None,
    }
}

fn get(served: &Worldly, item: &Item, what: &str) -> Option<Vec<Value>> {
    let Container::Project(project) = item.place else { return None };
    let path = format!("/projects/{project}/merge_requests/{}/{what}?per_page=100", item.at("iid")?);
    served.rest(Method::GET, &path, &Value::Null).ok()?.as_array().cloned()
}

/// The project's rules, and whether the merge request has what each asks for.
fn rules(served: &Worldly, request: &Item) -> Vec<Item> {
    let given = approvals(request);
    let world = served.forge.world();
    let rules = world.shelf(Shelf::new("approval rule", request.place)).iter();
    let rules = rules.map(|rule| {
        let mut rule = Item::of_record("approval rule", request.place, rule);
        let needed = rule.at("approvals_required").and_then(Value::as_u64).unwrap_or(0);
        let state = json!({ "approved": given.len() as u64 >= needed, "approved_by": given });
        rule.data.extend(crate::world::object(state));
        rule
    });
    rules.collect()
}

fn approvals(request: &Item) -> Vec<Value> {
    request.at("approved_by").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn required(served: &Worldly, request: &Item) -> u64 {
    let rules = rules(served, request);
    rules.iter().filter_map(|rule| rule.at("approvals_required")?.as_u64()).max().unwrap_or(0)
}

fn left(served: &Worldly, request: &Item) -> u64 {
    required(served, request).saturating_sub(approvals(request).len() as u64)
}

/// Whoever may push to the project.
fn approvers(served: &Worldly, rule: &Item) -> Vec<Item> {
    let members = places::members(served, rule, "ProjectMember").into_iter();
    let may = members.filter(|member| {
        let level = member.at("access_level.integer_value").and_then(Value::as_u64).unwrap_or(0);
        Role::from_access_level(level) >= Role::Developer
    });
    may.filter_map(|member| places::user(served, Some(member.number()))).collect()
}

fn stats(served: &Worldly, request: &Item) -> Option<Item> {
    let files = get(served, request, "diffs")?;
    let lines = |sign: char| {
        let diffs = files.iter().filter_map(|file| file.get("diff")?.as_str());
        diffs.flat_map(str::lines).filter(|line| line.starts_with(sign)).count()
    };
    let (additions, deletions) = (lines('+'), lines('-'));
    let data = json!({ "additions": additions, "deletions": deletions, "changes": additions + deletions, "file_count": files.len() });
    Some(Item::new("DiffStatsSummary", request.place, data))
}

fn commits(served: &Worldly, request: &Item) -> Vec<Item> {
    let commits = get(served, request, "commits").unwrap_or_default().into_iter();
    let is_merge =
        |commit: &Value| commit.get("parent_ids").and_then(Value::as_array).is_some_and(|it| it.len() > 1);
    commits.filter(|commit| !is_merge(commit)).map(|commit| commit_item(request, commit)).collect()
}
