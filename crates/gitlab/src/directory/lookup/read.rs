//! Reads which container an answer names.

use narrowgate_catalog::{BoundaryType, Condition, ContainerAt};
use serde_json::Value;

use super::{Container, render};
use crate::error::GitlabError;

/// The first container that applies. None when every one is ruled out by its condition or is `null`, and for an empty
/// list; an answer that lacks what the catalogue looks for is an error.
pub(super) fn container(
    answer: &Value,
    containers: &[ContainerAt],
    arguments: &[(&str, &str)],
    user_id: u64,
) -> Result<Option<Container>, GitlabError> {
    if answer.as_array().is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    let mut lacking = None;
    for at in containers {
        if !applies(answer, at.when.as_ref(), arguments)? {
            continue;
        }
        match answer.pointer(&at.pointer) {
            _ if at.boundary == BoundaryType::Instance => return Ok(Some(Container::Instance)),
            Some(Value::Null) => {}
            Some(value) => return named(at, value, user_id),
            None => lacking = Some(&at.pointer),
        }
    }
    lacking.map_or(Ok(None), |pointer| Err(GitlabError::malformed(format!("look-up without `{pointer}`"))))
}

fn applies(
    answer: &Value,
    condition: Option<&Condition>,
    arguments: &[(&str, &str)],
) -> Result<bool, GitlabError> {
    let Some(Condition { pointer, equals }) = condition else { return Ok(true) };
    match answer.pointer(pointer) {
        Some(Value::String(value)) => Ok(render::text(equals, arguments).as_ref() == Some(value)),
        _ => Err(GitlabError::malformed(format!("look-up without a text at `{pointer}`"))),
    }
}

fn named(at: &ContainerAt, value: &Value, user_id: u64) -> Result<Option<Container>, GitlabError> {
    let id = value
        .as_u64()
        .filter(|id| *id > 0)
        .ok_or_else(|| GitlabError::malformed(format!("look-up without a number at `{}`", at.pointer)))?;
    Ok(match at.boundary {
        BoundaryType::Project => Some(Container::Project(id)),
        BoundaryType::Group => Some(Container::Group(id)),
        BoundaryType::User => (id == user_id).then_some(Container::User),
        BoundaryType::Instance => Some(Container::Instance),
    })
}

#[cfg(test)]
mod tests {
    use narrowgate_catalog::PointerReads;
    use serde_json::json;

    use super::*;

    fn at(boundary: BoundaryType, pointer: &str, when: Option<(&str, &str)>) -> ContainerAt {
        let when = when.map(|(pointer, equals)| Condition { pointer: pointer.into(), equals: equals.into() });
        ContainerAt { boundary, pointer: pointer.into(), reads: PointerReads::Id, when }
    }

    fn runner() -> [ContainerAt; 3] {
        [
            at(BoundaryType::Project, "/projects/0/id", Some(("/runner_type", "project_type"))),
            at(BoundaryType::Group, "/groups/0/id", Some(("/runner_type", "group_type"))),
            at(BoundaryType::Instance, "", Some(("/runner_type", "instance_type"))),
        ]
    }

    #[test]
    fn takes_the_first_that_applies() {
        for (answer, expected) in [
            (
                json!({"runner_type": "project_type", "projects": [{"id": 7}, {"id": 8}]}),
                Some(Container::Project(7)),
            ),
            (json!({"runner_type": "group_type", "groups": [{"id": 9}]}), Some(Container::Group(9))),
            (json!({"runner_type": "instance_type"}), Some(Container::Instance)),
            (json!({"runner_type": "planet_type"}), None),
        ] {
            assert_eq!(container(&answer, &runner(), &[], 1), Ok(expected), "{answer}");
        }
    }

    #[test]
    fn passes_over_null() {
        let either =
            [at(BoundaryType::Project, "/project_id", None), at(BoundaryType::User, "/author/id", None)];
        let answer = json!({"project_id": null, "author": {"id": 4}});
        assert_eq!(container(&answer, &either, &[], 4), Ok(Some(Container::User)));
        assert_eq!(container(&answer, &either, &[], 5), Ok(None));
    }

    #[test]
    fn compares_with_arguments() {
        let hit = [at(BoundaryType::Project, "/0/project_id", Some(("/0/name", "{package}")))];
        let arguments = [("package", "@acme/web")];
        for (answer, expected) in [
            (json!([]), None),
            (json!([{"name": "@acme/web", "project_id": 7}]), Some(Container::Project(7))),
            (json!([{"name": "@acme/web2", "project_id": 7}, {"name": "@acme/web", "project_id": 8}]), None),
        ] {
            assert_eq!(container(&answer, &hit, &arguments, 1), Ok(expected), "{answer}");
        }
    }

    #[test]
    fn answers_of_another_form_are_errors() {
        for answer in [
            json!(null),
            json!([{}]),
            json!({}),
            json!({"runner_type": 1}),
            json!({"runner_type": "project_type"}),
            json!({"runner_type": "project_type", "projects": []}),
            json!({"runner_type": "project_type", "projects": [{"id": "7"}]}),
            json!({"runner_type": "project_type", "projects": [{"id": -7}]}),
            json!({"runner_type": "project_type", "projects": [{"id": 0}]}),
            json!({"runner_type": "project_type", "projects": [{"id": 7.5}]}),
        ] {
            let result = container(&answer, &runner(), &[], 1);
            assert!(matches!(result, Err(GitlabError::Malformed { .. })), "{answer}: {result:?}");
        }
    }
}
