//! What the input of a mutation says about a record.

use serde_json::{Map, Value, json};

use super::Worldly;
use super::object::{Arguments, snake};
use super::records::numbered;
use crate::graphql::gid;
use crate::view;
use crate::world::{Container, Record, is_named};

/// Arguments that name a record rather than saying something about it.
const NAMING: [&str; 9] = [
    "id",
    "iid",
    "projectPath",
    "groupPath",
    "fullPath",
    "clientMutationId",
    "targetProjectPath",
    "operationMode",
    "tagName",
];

fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    gid::parse(&text).map_or_else(|| text.clone(), |(_, number)| number.to_string())
}

fn list(value: &Value) -> Vec<String> {
    value.as_array().map_or_else(Vec::new, |values| values.iter().map(plain).collect())
}

/// Sets the fields of a record that an input gives.
pub(super) fn apply(served: &Worldly, place: Container, record: &mut Record, input: &Arguments) {
    let mode = input.get("operationMode").and_then(Value::as_str);
    for (name, value) in input.iter().filter(|(name, _)| !NAMING.contains(&name.as_str())) {
        match name.as_str() {
            "labelIds" if mode == Some("APPEND") => set_labels(served, record, "addLabelIds", value),
            "labelIds" if mode == Some("REMOVE") => set_labels(served, record, "removeLabelIds", value),
            "labelIds" | "addLabelIds" | "removeLabelIds" | "labels" | "addLabels" => {
                set_labels(served, record, name, value);
            }
            "assigneeUsernames" | "assigneeIds" => set_assignees(served, record, value),
            "milestoneId" => set_milestone(served, place, record, value),
            "stateEvent" | "state_event" => set_state(served, record, value),
            "locked" if record.contains_key("discussion_locked") => {
                drop(record.insert("discussion_locked".to_owned(), value.clone()));
            }
            _ => drop(record.insert(snake(name), number_of(name, value).unwrap_or_else(|| value.clone()))),
        }
    }
}

/// The number of the record that `epicId` and the like name.
fn number_of(name: &str, value: &Value) -> Option<Value> {
    let (_, number) = gid::parse(value.as_str().filter(|_| name.ends_with("Id"))?)?;
    Some(json!(number))
}

fn set_labels(served: &Worldly, record: &mut Record, name: &str, value: &Value) {
    let world = served.forge.world();
    let title = |key: String| {
        let mut labels = world.everywhere("label").filter(|(_, label)| is_named(label, &["id"], &key));
        labels
            .next()
            .and_then(|(_, label)| label.get("name")?.as_str().map(str::to_owned))
            .unwrap_or_else(|| key.clone())
    };
    let named: Vec<Value> = list(value).into_iter().map(|key| json!(title(key))).collect();
    let held = record.get("labels").and_then(Value::as_array).cloned().unwrap_or_default();
    let labels: Vec<Value> = match name {
        "addLabelIds" | "addLabels" => {
            held.iter().filter(|it| !named.contains(it)).chain(&named).cloned().collect()
        }
        "removeLabelIds" => held.into_iter().filter(|it| !named.contains(it)).collect(),
        _ => named,
    };
    record.insert("labels".to_owned(), Value::Array(labels));
}

fn set_assignees(served: &Worldly, record: &mut Record, value: &Value) {
    let world = served.forge.world();
    let wanted = list(value);
    let users = world
        .users
        .values()
        .filter(|user| wanted.contains(&user.username) || wanted.contains(&user.id.to_string()));
    let assignees = users.map(|user| view::author(served.forge.url(), user)).collect();
    record.insert("assignees".to_owned(), assignees);
}

fn set_milestone(served: &Worldly, place: Container, record: &mut Record, value: &Value) {
    let world = served.forge.world();
    let number = plain(value).parse().ok();
    let found = number.and_then(|number| numbered(&world, "milestone", number));
    let found = found.filter(|(shelf, _)| super::records::above(&world, place).contains(&shelf.container));
    record.insert("milestone".to_owned(), json!(found.map(|(_, milestone)| milestone)));
}

fn set_state(served: &Worldly, record: &mut Record, value: &Value) {
    let closes = value.as_str().is_some_and(|event| event.starts_with("CLOSE"));
    let now = crate::http::iso(served.forge.now());
    record.insert("state".to_owned(), json!(if closes { "closed" } else { "opened" }));
    record.insert("closed_at".to_owned(), json!(closes.then_some(now)));
}

/// The body of a REST request that says what an input says.
pub(super) fn body(served: &Worldly, input: &Arguments, renames: &[(String, String)]) -> Value {
    let mut body = Map::new();
    for (name, value) in input.iter().filter(|(_, value)| !value.is_null()) {
        let renamed = renames.iter().find(|(from, _)| from == name).map(|(_, to)| to.clone());
        let value = match value {
            Value::Array(values) if values.iter().all(Value::is_string) => {
                values.iter().map(|it| json!(plain(it))).collect()
            }
            Value::String(text) => {
                json!(gid::parse(text).map_or_else(|| text.clone(), |(_, number)| number.to_string()))
            }
            other => other.clone(),
        };
        if name == "labelIds" {
            let mut record = Record::new();
            set_labels(served, &mut record, name, &value);
            body.extend(record);
        } else {
            body.insert(renamed.unwrap_or_else(|| snake(name)), value);
        }
    }
    Value::Object(body)
}
