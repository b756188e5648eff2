//! Which projects and groups a look-up tries, where GitLab answers within those only.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;

use super::{AT_ONCE, MOST};
use crate::directory::{Directory, Identity};
use crate::error::GitlabError;
use crate::reference::Reference;

/// Something that a token selects, and what is looked for may be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Candidate {
    /// A project.
    Project(u64),
    /// A group, its projects, and what is below it.
    Group(u64),
    /// The projects and groups that the user is a member of.
    Memberships,
    /// The projects in the user's own namespace.
    Personal,
}

/// A group as GraphQL finds it, and what it has to prove to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::directory) struct GroupName {
    pub(super) id: u64,
    pub(super) path: String,
}

/// The projects to be tried, each once: of a group, and of memberships, those that were active last. Empty where the
/// token itself names too many.
pub(super) async fn projects(
    directory: &Directory,
    identity: &Identity,
    candidates: &[Candidate],
) -> Result<Vec<u64>, GitlabError> {
    let mut projects = Vec::new();
    for candidate in candidates {
        if let Candidate::Project(id) = candidate {
            projects.push(*id);
        }
    }
    if projects.len() > MOST {
        return Ok(Vec::new());
    }
    for candidate in candidates {
        let Some(ids) = projects_of(directory, identity, *candidate).await? else { continue };
        for id in ids.iter() {
            if projects.len() < MOST && !projects.contains(id) {
                projects.push(*id);
            }
        }
    }
    Ok(projects)
}

async fn projects_of(
    directory: &Directory,
    identity: &Identity,
    candidate: Candidate,
) -> Result<Option<Arc<Vec<u64>>>, GitlabError> {
    let list = match candidate {
        Candidate::Project(_) => return Ok(None),
        Candidate::Group(id) => format!("/groups/{id}/projects?include_subgroups=true&"),
        Candidate::Memberships => "/projects?membership=true&".to_owned(),
        Candidate::Personal => format!("/users/{}/projects?", identity.user_id),
    };
    let path = format!("{list}simple=true&order_by=last_activity_at&per_page={MOST}");
    let ask = listed(directory, identity, &path, id_of);
    directory.listings.get(identity.connection, &candidate, ask).await
}

/// The groups to be tried, each once: those that the token names, then what is below them and memberships. Empty where
/// the token itself names too many.
pub(super) async fn groups(
    directory: &Directory,
    identity: &Identity,
    candidates: &[Candidate],
) -> Result<Vec<GroupName>, GitlabError> {
    let mut groups: Vec<GroupName> = Vec::new();
    let named = || candidates.iter().filter(|candidate| matches!(candidate, Candidate::Group(_)));
    if named().count() > MOST {
        return Ok(groups);
    }
    let named = named().map(|candidate| group_of(directory, identity, *candidate));
    let mut named = stream::iter(named.collect::<Vec<_>>()).buffered(AT_ONCE);
    while let Some(group) = named.try_next().await? {
        groups.extend(group);
    }
    for candidate in candidates {
        let Some(below) = groups_of(directory, identity, *candidate).await? else { continue };
        for group in below.iter() {
            if groups.len() < MOST && !groups.iter().any(|known| known.id == group.id) {
                groups.push(group.clone());
            }
        }
    }
    Ok(groups)
}

async fn group_of(
    directory: &Directory,
    identity: &Identity,
    candidate: Candidate,
) -> Result<Option<GroupName>, GitlabError> {
    let Candidate::Group(id) = candidate else { return Ok(None) };
    let group = directory.group(identity, &Reference::Id(id)).await?;
    Ok(group.map(|group| GroupName { id, path: group.full_path.clone() }))
}

async fn groups_of(
    directory: &Directory,
    identity: &Identity,
    candidate: Candidate,
) -> Result<Option<Arc<Vec<GroupName>>>, GitlabError> {
    let list = match candidate {
        Candidate::Project(_) | Candidate::Personal => return Ok(None),
        Candidate::Group(id) => format!("/groups/{id}/descendant_groups?"),
        Candidate::Memberships => "/groups?min_access_level=10&".to_owned(),
    };
    let path = format!("{list}per_page={MOST}");
    let name = |group: &Value| {
        let path = group.get("full_path").and_then(Value::as_str)?;
        Some(GroupName { id: id_of(group)?, path: path.to_owned() })
    };
    let ask = listed(directory, identity, &path, name);
    directory.group_listings.get(identity.connection, &candidate, ask).await
}

fn id_of(item: &Value) -> Option<u64> {
    item.get("id").and_then(Value::as_u64)
}

/// What a list has; none where there is no such list.
async fn listed<T>(
    directory: &Directory,
    identity: &Identity,
    path: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Option<Vec<T>>, GitlabError> {
    let Some(answer) = directory.client.get_json(&identity.credential, path).await? else { return Ok(None) };
    let items = answer.as_array().ok_or_else(|| GitlabError::malformed("list of projects or groups"))?;
    let items: Option<Vec<T>> = items.iter().map(read).collect();
    items.map(Some).ok_or_else(|| GitlabError::malformed("project or group without an id"))
}
