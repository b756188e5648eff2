//! Look-ups in GraphQL: of what REST has no page for.

use std::sync::Arc;

use narrowgate_catalog::{BoundaryType, ContainerAt, PointerReads};
use serde_json::Value;

use super::{Container, render};
use crate::directory::{Directory, Identity};
use crate::error::GitlabError;
use crate::reference::Reference;

/// Asks with the global id in the place of `$id`, and its number in that of `$number`. What the instance answers with an error
/// or with null isn't found.
pub(super) async fn ask(
    directory: &Directory,
    identity: &Identity,
    document: &str,
    containers: &[ContainerAt],
    global_id: &str,
) -> Result<Option<Container>, GitlabError> {
    let number = global_id.rsplit('/').next().unwrap_or(global_id);
    let document = document.replace("$number", number).replace("$id", &format!("\"{global_id}\""));
    let ask = async {
        match directory.client.graphql(&identity.credential, &document).await? {
            Some(data) => read(directory, identity, &data, containers, global_id).await,
            None => Ok(None),
        }
    };
    let key = format!("{global_id} {document}");
    let known = directory.lookups.get(identity.connection, &key, ask).await?;
    Ok(known.map(Arc::unwrap_or_clone))
}

/// The first container that applies.
async fn read(
    directory: &Directory,
    identity: &Identity,
    data: &Value,
    containers: &[ContainerAt],
    global_id: &str,
) -> Result<Option<Container>, GitlabError> {
    for at in containers {
        if !applies(at, data, global_id) {
            continue;
        }
        if at.pointer.is_empty() {
            return Ok(Some(Container::Instance));
        }
        let found = match (data.pointer(&at.pointer), at.reads) {
            (None | Some(Value::Null), _) => continue,
            (Some(value), PointerReads::Id) => Some(named(at, value, identity.user_id)?),
            (Some(value), PointerReads::Page) => page(directory, identity, at.boundary, value).await?,
        };
        match found {
            Some(found) => return Ok(found),
            None => continue,
        }
    }
    Ok(None)
}

fn applies(at: &ContainerAt, data: &Value, global_id: &str) -> bool {
    at.when.as_ref().is_none_or(|condition| {
        let value = data.pointer(&condition.pointer).and_then(Value::as_str);
        let expected = render::text(&condition.equals, &[("id", global_id)]);
        value.is_some() && value == expected.as_deref()
    })
}

/// By a number or a global id. A user who isn't the one who asks is nobody's boundary.
fn named(at: &ContainerAt, value: &Value, user_id: u64) -> Result<Option<Container>, GitlabError> {
    let model = match at.boundary {
        BoundaryType::Project => "Project",
        BoundaryType::Group => "Group",
        BoundaryType::User => "User",
        BoundaryType::Instance => return Ok(Some(Container::Instance)),
    };
    let malformed = || GitlabError::malformed(format!("look-up without an id at `{}`", at.pointer));
    let id = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text
            .strip_prefix("gid://gitlab/")
            .and_then(|rest| rest.strip_prefix(model)?.strip_prefix('/'))
            .and_then(|number| number.parse().ok()),
        _ => None,
    };
    let id = id.filter(|id| *id > 0).ok_or_else(malformed)?;
    Ok(match at.boundary {
        BoundaryType::Project => Some(Container::Project(id)),
        BoundaryType::Group => Some(Container::Group(id)),
        _ => (id == user_id).then_some(Container::User),
    })
}

/// By a page of it. The outer `None`: it is a page of something else.
async fn page(
    directory: &Directory,
    identity: &Identity,
    boundary: BoundaryType,
    value: &Value,
) -> Result<Option<Option<Container>>, GitlabError> {
    let Some((kind, path)) =
        value.as_str().and_then(|text| container(text, directory.client.instance().prefix()))
    else {
        return Ok(None);
    };
    if kind != boundary {
        return Ok(None);
    }
    let Ok(reference @ Reference::Path(_)) = Reference::parse_decoded(path) else { return Ok(Some(None)) };
    let found = match kind {
        BoundaryType::Group => {
            directory.group(identity, &reference).await?.map(|group| Container::Group(group.id))
        }
        _ => directory.project(identity, &reference).await?.map(|project| Container::Project(project.id)),
    };
    Ok(Some(found))
}

/// `/acme/web/-/milestones/3` is a page of a project, `/groups/acme/-/milestones/3` one of a group; a URL is its path.
fn container<'t>(text: &'t str, prefix: &str) -> Option<(BoundaryType, &'t str)> {
    let path = match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
        Some(rest) => rest.get(rest.find('/')?..)?,
        None => text,
    };
    let (container, _) = path.strip_prefix(prefix)?.strip_prefix('/')?.split_once("/-/")?;
    Some(match container.strip_prefix("groups/") {
        Some(group) => (BoundaryType::Group, group),
        None => (BoundaryType::Project, container),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_name_their_container() {
        use BoundaryType::{Group, Project};
        for (text, prefix, expected) in [
            ("/acme/web/-/milestones/3", "", Some((Project, "acme/web"))),
            ("/groups/acme/platform/-/milestones/3", "", Some((Group, "acme/platform"))),
            ("https://gitlab.example.com/gitlab/acme/web/-/issues/3", "/gitlab", Some((Project, "acme/web"))),
            ("/acme/web/-/milestones/3", "/gitlab", None),
            ("/acme/web", "", None),
            ("https://gitlab.example.com", "", None),
            ("acme/web/-/x", "", None),
        ] {
            assert_eq!(container(text, prefix), expected, "{text}");
        }
    }
}
