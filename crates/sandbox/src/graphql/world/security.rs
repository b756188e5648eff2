//! Vulnerabilities: where they are, and what is counted of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Worldly;
use super::item::{Found, Item};
use super::object::Arguments;
use super::records::is_inside;
use super::wanted::is_wanted;
use crate::world::Container;

/// Fields of vulnerabilities, and of projects and groups about them.
pub(super) fn field(served: &Worldly, item: &Item, field: &str, arguments: &Arguments) -> Option<Found> {
    match (item.type_name.as_str(), field) {
        ("Vulnerability", "location") => Some(Found::One(location(item))),
        ("Project" | "Group", "vulnerabilitySeveritiesCount") => {
            let mut counts = BTreeMap::<String, u64>::new();
            for found in within(served, item, arguments) {
                *counts.entry(severity(&found).to_owned()).or_default() += 1;
            }
            let all = ["critical", "high", "medium", "low", "info", "unknown"];
            let counted = all.map(|name| (name.to_owned(), json!(counts.get(name).copied().unwrap_or(0))));
            let counted = Value::Object(counted.into_iter().collect());
            Some(Found::One(Some(Item::new("VulnerabilitySeveritiesCount", item.place, counted))))
        }
        ("Group", "vulnerabilityGrades") => Some(Found::Many(grades(served, item))),
        ("VulnerableProjectsByGrade", "projects") => Some(Found::Many(projects(served, item))),
        _ => None,
    }
}

fn severity(vulnerability: &Item) -> &str {
    vulnerability.at("severity").and_then(Value::as_str).unwrap_or("unknown")
}

/// The vulnerabilities of a project, or of all projects of a group, that the viewer may see.
fn within(served: &Worldly, item: &Item, arguments: &Arguments) -> Vec<Item> {
    let world = served.forge.world();
    let belongs = |place| match item.place {
        Container::Group(group) => is_inside(&world, place, group),
        own => place == own,
    };
    let kept = world.everywhere("vulnerability").filter(|(shelf, record)| {
        belongs(shelf.container)
            && served.sees(&world, "vulnerability", shelf.container, record)
            && is_wanted("vulnerability", record, arguments)
    });
    kept.map(|(shelf, record)| Item::of_record("vulnerability", shelf.container, record)).collect()
}

fn location(vulnerability: &Item) -> Option<Item> {
    let location = vulnerability.at("location")?.clone();
    let type_name = match vulnerability.at("report_type")?.as_str()? {
        "dependency_scanning" => "VulnerabilityLocationDependencyScanning",
        "sast" => "VulnerabilityLocationSast",
        _ => return None,
    };
    Some(Item::new(type_name, vulnerability.place, location))
}

/// A project's grade is that of its worst vulnerability which is still there.
fn grades(served: &Worldly, group: &Item) -> Vec<Item> {
    let mut worst = BTreeMap::<u64, &str>::new();
    for found in within(served, group, &Arguments::new()) {
        let is_open = matches!(found.at("state").and_then(Value::as_str), Some("detected" | "confirmed"));
        if let (Container::Project(project), true) = (found.place, is_open) {
            let grade = grade(severity(&found));
            worst.entry(project).and_modify(|known| *known = grade.max(known)).or_insert(grade);
        }
    }
    let mut grades = BTreeMap::<&str, Vec<u64>>::new();
    for (project, grade) in worst {
        grades.entry(grade).or_default().push(project);
    }
    let graded = grades.into_iter().map(|(grade, projects)| {
        let data = json!({ "grade": grade, "count": projects.len(), "project_ids": projects });
        Item::new("VulnerableProjectsByGrade", group.place, data)
    });
    graded.collect()
}

fn grade(severity: &str) -> &'static str {
    match severity {
        "critical" => "F",
        "high" | "unknown" => "D",
        "medium" => "C",
        "low" => "B",
        _ => "A",
    }
}

fn projects(served: &Worldly, graded: &Item) -> Vec<Item> {
    let ids = graded.at("project_ids").and_then(Value::as_array).cloned().unwrap_or_default();
    let world = served.forge.world();
    let found = ids.iter().filter_map(|id| world.projects.get(&id.as_u64()?));
    found.map(|project| Item::of_project(&world, served.forge.url(), project)).collect()
}
