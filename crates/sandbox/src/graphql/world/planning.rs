//! Boards, milestones, epics and time: what is counted of issues.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Worldly;
use super::item::{Found, Item};
use super::notes;
use super::object::Arguments;
use super::records::{is_inside, numbered};
use super::wanted::is_wanted;
use crate::graphql::gid;
use crate::world::{Container, Record};

/// Fields of what issues are planned with.
pub(super) fn field(served: &Worldly, item: &Item, field: &str, arguments: &Arguments) -> Option<Found> {
    let empty = Arguments::new();
    match (item.type_name.as_str(), field) {
        ("BoardList", "issues") => {
            let filters = arguments.get("filters").and_then(Value::as_object).unwrap_or(&empty);
            Some(Found::Many(on_list(served, item, filters)))
        }
        ("BoardList", "issuesCount") => Some(Found::Value(json!(on_list(served, item, &empty).len()))),
        ("Epic", "hasIssues") => {
            let own = |issue: &Record| issue.get("epic_id").and_then(Value::as_u64) == Some(item.number());
            Some(Found::Value(json!(!issues(served, |_, issue| own(issue)).is_empty())))
        }
        ("EpicIssue", "epicIssueId") => Some(Found::Value(json!(gid::write("EpicIssue", item.number())))),
        ("Issue", "totalTimeSpent") => Some(Found::Value(json!(time_spent(served, item)))),
        ("Issue", "humanTotalTimeSpent") => Some(Found::Value(json!(in_words(time_spent(served, item))))),
        ("Timelog", "note") => Some(Found::One(
            item.at("note_id").and_then(Value::as_u64).and_then(|id| notes::numbered(served, id)),
        )),
        ("Milestone", "stats") => {
            let issues = of_milestone(served, item);
            let closed = issues.iter().filter(|issue| closed_on(issue).is_some()).count();
            let stats = json!({ "total_issues_count": issues.len(), "closed_issues_count": closed });
            Some(Found::One(Some(Item::new("MilestoneStats", item.place, stats))))
        }
        ("Milestone", "report") => {
            let days = json!({ "burnup_time_series": burnup(&of_milestone(served, item)) });
            Some(Found::One(Some(Item::new("TimeboxReport", item.place, days))))
        }
        _ => None,
    }
}

/// The issues that the viewer may see, by what is asked of them.
fn issues(served: &Worldly, keep: impl Fn(Container, &Record) -> bool) -> Vec<Item> {
    let world = served.forge.world();
    let kept = world.everywhere("issue").filter(|(shelf, issue)| {
        keep(shelf.container, issue) && served.sees(&world, "issue", shelf.container, issue)
    });
    kept.map(|(shelf, issue)| Item::of_record("issue", shelf.container, issue)).collect()
}

/// The issues on a list of a board: those with its label, those without a label of any list, or those that are closed.
fn on_list(served: &Worldly, list: &Item, filters: &Arguments) -> Vec<Item> {
    let (own, others) = {
        let world = served.forge.world();
        let name = |list: &Record| {
            let label = numbered(&world, "label", list.get("label_id")?.as_u64()?)?;
            label.1.get("name").cloned()
        };
        let of_board =
            world.everywhere("board list").filter(|(_, it)| it.get("board_id") == list.at("board_id"));
        (name(&list.data), of_board.filter_map(|(_, it)| name(it)).collect::<Vec<Value>>())
    };
    let places: Vec<Container> = {
        let world = served.forge.world();
        let projects = world.projects.keys().map(|id| Container::Project(*id));
        let belongs = |place: &Container| match list.place {
            Container::Group(group) => is_inside(&world, *place, group),
            own => *place == own,
        };
        projects.filter(belongs).collect()
    };
    issues(served, |place, issue| {
        let labels = issue.get("labels").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_closed = issue.get("state").and_then(Value::as_str) == Some("closed");
        let is_on = match list.at("list_type").and_then(Value::as_str) {
            Some("closed") => is_closed,
            Some("backlog") => !is_closed && !labels.iter().any(|label| others.contains(label)),
            _ => !is_closed && own.as_ref().is_some_and(|own| labels.contains(own)),
        };
        is_on && places.contains(&place) && is_wanted("issue", issue, filters)
    })
}

/// Seconds that were spent on an issue.
fn time_spent(served: &Worldly, issue: &Item) -> u64 {
    let world = served.forge.world();
    let own = world
        .everywhere("timelog")
        .filter(|(_, log)| log.get("issue_id").and_then(Value::as_u64) == Some(issue.number()));
    own.filter_map(|(_, log)| log.get("time_spent")?.as_u64()).sum()
}

/// `1h 30m`; nothing for no time at all.
fn in_words(seconds: u64) -> Option<String> {
    let parts = [(seconds / 3_600, "h"), (seconds % 3_600 / 60, "m"), (seconds % 60, "s")];
    let words: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn of_milestone(served: &Worldly, milestone: &Item) -> Vec<Item> {
    issues(served, |_, issue| {
        issue.get("milestone").and_then(|it| it.get("id")).and_then(Value::as_u64) == Some(milestone.number())
    })
}

fn day(moment: &Value) -> Option<String> {
    moment.as_str()?.get(..10).map(str::to_owned)
}

fn closed_on(issue: &Item) -> Option<String> {
    issue.at("closed_at").and_then(day)
}

/// For each day on which something changed, how much there was to do and how much of it was done.
fn burnup(issues: &[Item]) -> Vec<Value> {
    let mut changes = BTreeMap::<String, [i64; 4]>::new();
    for issue in issues {
        let weight = issue.at("weight").and_then(Value::as_i64).unwrap_or(0);
        let moments = [
            (issue.at("created_at").and_then(day), [1, weight, 0, 0]),
            (closed_on(issue), [0, 0, 1, weight]),
        ];
        for (date, change) in moments.into_iter().filter_map(|(date, change)| Some((date?, change))) {
            let sums = changes.entry(date).or_default();
            sums.iter_mut().zip(change).for_each(|(sum, more)| *sum += more);
        }
    }
    let mut so_far = [0_i64; 4];
    let totals = changes.into_iter().map(|(date, change)| {
        so_far.iter_mut().zip(change).for_each(|(sum, more)| *sum += more);
        let [count, weight, done, done_weight] = so_far;
        json!({ "date": date, "scope_count": count, "scope_weight": weight, "completed_count": done, "completed_weight": done_weight })
    });
    totals.collect()
}
