//! Pipelines: their stages and groups of jobs, what state they are in, and what their tests found.

use serde_json::{Value, json};

use super::Worldly;
use super::item::{Found, Item};
use super::repository;
use crate::world::{Record, Shelf};

/// Fields of pipelines and of what is in them.
pub(super) fn field(served: &Worldly, item: &Item, field: &str) -> Option<Found> {
    match (item.type_name.as_str(), field) {
        ("Pipeline", "commit") => {
            Some(Found::One(item.at("sha")?.as_str().and_then(|sha| repository::commit(served, item, sha))))
        }
        ("Pipeline", "path") => path(served, item).map(Found::Value),
        ("Pipeline", "stages") => Some(Found::Many(stages(served, item))),
        ("Pipeline", "testReportSummary") => Some(Found::One(Some(summary(item)))),
        ("Pipeline", "usesNeeds") => {
            let needs =
                |job: &Item| job.at("needs").and_then(Value::as_array).is_some_and(|it| !it.is_empty());
            Some(Found::Value(json!(jobs(served, item, item.number()).iter().any(needs))))
        }
        ("Pipeline", "complete") => Some(Found::Value(json!(is_one_of(item, &DONE)))),
        ("Pipeline" | "CiJob", "active") => Some(Found::Value(json!(is_one_of(item, &ACTIVE)))),
        ("Pipeline", "cancelable") => Some(Found::Value(json!(is_one_of(item, &ACTIVE)))),
        ("Pipeline" | "CiJob", "retryable") => Some(Found::Value(json!(is_one_of(item, &DONE)))),
        ("CiJob", "needs") => Some(Found::Many(needs(served, item))),
        ("CiJob", "stage") => {
            let pipeline = item.at("pipeline.id").and_then(Value::as_u64)?;
            let mut stages = stages_of(served, item, pipeline).into_iter();
            Some(Found::One(stages.find(|stage| stage.at("name") == item.at("stage"))))
        }
        ("CiStage", "jobs") => Some(Found::Many(jobs_of_stage(served, item))),
        ("CiStage", "groups") => Some(Found::Many(groups(served, item))),
        ("CiGroup", "jobs") => {
            let mut jobs = jobs_of_stage(served, item);
            jobs.retain(|job| group_name(job) == item.at("name").and_then(Value::as_str));
            Some(Found::Many(jobs))
        }
        ("CiRunner", "jobCount") => {
            let world = served.forge.world();
            let runs = |job: &Record| {
                job.get("runner").and_then(|runner| runner.get("id")).and_then(Value::as_u64)
                    == Some(item.number())
            };
            Some(Found::Value(json!(world.everywhere("job").filter(|(_, job)| runs(job)).count())))
        }
        ("DetailedStatus", field) => state(served, item, field),
        _ => None,
    }
}

const ACTIVE: [&str; 3] = ["created", "pending", "running"];
const DONE: [&str; 3] = ["success", "failed", "canceled"];

fn is_one_of(item: &Item, states: &[&str]) -> bool {
    item.at("status").and_then(Value::as_str).is_some_and(|status| states.contains(&status))
}

/// The path of the item's page.
fn path(served: &Worldly, item: &Item) -> Option<Value> {
    item.at("web_url")?.as_str()?.strip_prefix(served.forge.url()).map(|path| json!(path))
}

fn jobs(served: &Worldly, item: &Item, pipeline: u64) -> Vec<Item> {
    let world = served.forge.world();
    let jobs = world.shelf(Shelf::new("job", item.place)).iter();
    let own = jobs.filter(|job| {
        job.get("pipeline").and_then(|it| it.get("id")).and_then(Value::as_u64) == Some(pipeline)
    });
    own.map(|job| Item::of_record("job", item.place, job)).collect()
}

/// The stages of a pipeline, in the order of their jobs.
fn stages(served: &Worldly, pipeline: &Item) -> Vec<Item> {
    stages_of(served, pipeline, pipeline.number())
}

fn stages_of(served: &Worldly, item: &Item, pipeline: u64) -> Vec<Item> {
    let mut stages: Vec<Item> = Vec::new();
    for job in jobs(served, item, pipeline) {
        let stage = job.at("stage").cloned().unwrap_or_default();
        if stages.iter().all(|known| known.at("name") != Some(&stage)) {
            let id = pipeline * 100 + stages.len() as u64 + 1;
            let data = json!({ "id": id, "name": stage, "stage": stage, "status": job.at("status"), "pipeline_id": pipeline });
            stages.push(Item::new("CiStage", item.place, data));
        }
    }
    stages
}

/// The jobs in the stage of a stage or of a group.
fn jobs_of_stage(served: &Worldly, of: &Item) -> Vec<Item> {
    let pipeline = of.at("pipeline_id").and_then(Value::as_u64).unwrap_or_default();
    let mut jobs = jobs(served, of, pipeline);
    jobs.retain(|job| job.at("stage") == of.at("stage"));
    jobs
}

/// `test` of `test 1/3`: jobs that run in parallel are one group.
fn group_name(job: &Item) -> Option<&str> {
    let name = job.at("name")?.as_str()?;
    Some(name.rsplit_once(' ').filter(|(_, part)| part.contains('/')).map_or(name, |(group, _)| group))
}

fn groups(served: &Worldly, stage: &Item) -> Vec<Item> {
    let mut groups: Vec<(String, Vec<Item>)> = Vec::new();
    for job in jobs_of_stage(served, stage) {
        let name = group_name(&job).unwrap_or_default().to_owned();
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, jobs)) => jobs.push(job),
            None => groups.push((name, vec![job])),
        }
    }
    let group = |(name, jobs): (String, Vec<Item>)| {
        let status = jobs.first().and_then(|job| job.at("status"));
        let data = json!({ "id": format!("{}-{name}", stage.number()), "name": name, "size": jobs.len(), "status": status, "stage": stage.at("stage"), "pipeline_id": stage.at("pipeline_id") });
        Item::new("CiGroup", stage.place, data)
    };
    groups.into_iter().map(group).collect()
}

/// The jobs that a job waits for.
fn needs(served: &Worldly, job: &Item) -> Vec<Item> {
    let wanted = job.at("needs").and_then(Value::as_array).cloned().unwrap_or_default();
    let pipeline = job.at("pipeline.id").and_then(Value::as_u64).unwrap_or_default();
    let mut jobs = jobs(served, job, pipeline);
    jobs.retain(|other| other.at("name").is_some_and(|name| wanted.contains(name)));
    jobs.into_iter().map(|job| job.seen_as("CiBuildNeed")).collect()
}

/// How a pipeline, a stage or a job stands, and what may be done about it.
fn state(served: &Worldly, item: &Item, field: &str) -> Option<Found> {
    let status = item.at("status")?.as_str()?;
    Some(match field {
        "icon" => Found::Value(json!(format!("status_{status}"))),
        "tooltip" => Found::Value(json!(match item.at("failure_reason").and_then(Value::as_str) {
            Some(reason) => format!("{status} - ({})", reason.replace('_', " ")),
            None => status.to_owned(),
        })),
        "hasDetails" => Found::Value(json!(item.at("web_url").is_some())),
        "detailsPath" => Found::Value(path(served, item)?),
        "action" => {
            let (name, title) = match status {
                "manual" => ("play", "Run"),
                "success" | "failed" | "canceled" => ("retry", "Run again"),
                "pending" | "running" => ("cancel", "Cancel"),
                _ => return Some(Found::One(None)),
            };
            let at = path(served, item).filter(|_| item.at("pipeline").is_some());
            let action = |at: Value| {
                let data = json!({ "id": format!("{name}-{}", item.number()), "title": title, "button_title": title, "icon": name, "method": "post", "path": format!("{}/{name}", at.as_str().unwrap_or_default()) });
                Item::new("StatusAction", item.place, data)
            };
            Found::One(at.map(action))
        }
        _ => return None,
    })
}

/// What the tests of a pipeline found: counts, by suite and in all.
fn summary(pipeline: &Item) -> Item {
    let suites = pipeline.at("test_suites").and_then(Value::as_array).cloned().unwrap_or_default();
    let sum = |key: &str| suites.iter().filter_map(|suite| suite.get(key)?.as_u64()).sum::<u64>();
    let time: f64 = suites.iter().filter_map(|suite| suite.get("total_time")?.as_f64()).sum();
    let total = json!({ "count": sum("total_count"), "error": sum("error_count"), "failed": sum("failed_count"), "skipped": sum("skipped_count"), "success": sum("success_count"), "time": time });
    Item::new("TestReportSummary", pipeline.place, json!({ "total": total, "test_suites": suites }))
}
