//! Look-ups: what a request names, and what the instance answers about it.
//!
//! The sandbox has no virtual registries, vulnerabilities and the like: what stands before it answers in GitLab's form.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use narrowgate_catalog::{Argument, BoundaryType, ContainerAt, Encoding, Lookup, LookupAnswer, LookupRef};
use narrowgate_tests::FaultyInstance;
use serde_json::{Value, json};

use super::request::Draft;
use super::row::{Place, Row};

/// A look-up as one row uses it.
pub(super) struct Planted {
    /// The target, decoded, and the JSON that answers it.
    answer: Option<(String, String)>,
    /// Whether only the projects that the token selects are asked.
    pub(super) in_projects: bool,
}

/// Makes the row's answer known to the instance.
pub(super) fn plant(instance: &FaultyInstance, row: &Row<'_>) {
    if let Some((target, body)) = row.lookup.as_ref().and_then(|lookup| lookup.answer.as_ref()) {
        instance.answer(target, body);
    }
}

/// Puts a value for the look-up's argument into the request, and finds the answer that leads to `place`.
pub(super) fn fill(
    lookup: &Lookup,
    reference: &LookupRef,
    place: Place,
    row: usize,
    draft: &mut Draft,
) -> Planted {
    let (name, argument) = &reference.arguments[0];
    let value = value(lookup, name, place, row);
    let encoded = value.replace('@', "%40").replace('/', "%2F");
    match argument {
        Argument::Path(index) => draft.path(*index, &encoded),
        Argument::Query(name) => draft.query(name, &encoded),
        Argument::Body(name) => draft.body(name, &value),
    }
    let in_projects = matches!(lookup.answer, LookupAnswer::InProjects { .. });
    Planted { answer: answer(lookup, name, &value, place), in_projects }
}

fn value(lookup: &Lookup, argument: &str, place: Place, row: usize) -> String {
    match &lookup.answer {
        LookupAnswer::Decode { encoding: Encoding::PlusPath, .. } => "acme+web".to_owned(),
        LookupAnswer::Decode { encoding: Encoding::Base64GroupIid, .. } => {
            BASE64_URL_SAFE_NO_PAD.encode(format!("{} 5", place.id()))
        }
        LookupAnswer::Get { path, .. } if path.contains(&format!("{{{argument}.scope}}")) => {
            format!("@acme/row{row}")
        }
        _ => format!("{}", 7_000_000 + row),
    }
}

/// The target and the answer that lead a look-up to `place`, if it asks the instance over REST.
pub(crate) fn answer(lookup: &Lookup, argument: &str, value: &str, place: Place) -> Option<(String, String)> {
    let fill = |path: &str| {
        let scope = value.trim_start_matches('@').split('/').next().unwrap_or_default();
        let path =
            path.replace(&format!("{{{argument}.scope}}"), scope).replace(&format!("{{{argument}}}"), value);
        format!("/api/v4{}", path.replace("{project}", &place.id().to_string()))
    };
    lookup.ways().find_map(|way| match way {
        LookupAnswer::Get { path, containers } => {
            let container = containers.iter().find(|container| fits(container.boundary, place))?;
            Some((fill(path), body(container, argument, value, place).to_string()))
        }
        LookupAnswer::InProjects { path } => {
            Some((fill(path), json!({"id": value.parse::<u64>().ok()}).to_string()))
        }
        LookupAnswer::Decode { .. }
        | LookupAnswer::Graphql { .. }
        | LookupAnswer::Listed(_)
        | LookupAnswer::Unanswerable { .. } => None,
    })
}

fn fits(boundary: BoundaryType, place: Place) -> bool {
    matches!(
        (boundary, place),
        (BoundaryType::Project, Place::Project(_))
            | (BoundaryType::Group, Place::Group(_))
            | (BoundaryType::Instance, Place::Instance)
            | (BoundaryType::User, Place::User)
    )
}

/// The smallest answer that names `place` where the catalogue looks for it.
fn body(container: &ContainerAt, argument: &str, value: &str, place: Place) -> Value {
    let mut body = Value::Null;
    if !container.pointer.is_empty() {
        set(&mut body, &container.pointer, json!(place.id()));
    }
    if let Some(condition) = &container.when {
        set(
            &mut body,
            &condition.pointer,
            json!(condition.equals.replace(&format!("{{{argument}}}"), value)),
        );
    }
    body
}

/// Sets the value at a JSON pointer, making objects and lists on the way.
fn set(body: &mut Value, pointer: &str, value: Value) {
    let Some(rest) = pointer.strip_prefix('/') else {
        *body = value;
        return;
    };
    let (key, deeper) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    if key == "0" {
        if !body.is_array() {
            *body = json!([null]);
        }
        set(&mut body[0], deeper, value);
    } else {
        if !body.is_object() {
            *body = json!({});
        }
        set(&mut body[key], deeper, value);
    }
}
