//! Which projects a look-up tries, where GitLab answers within a project only.

use std::sync::Arc;

use super::in_projects::MOST;
use crate::directory::{Directory, Identity};
use crate::error::GitlabError;

/// Something that a token selects, and what is looked for may be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Candidate {
    /// A project.
    Project(u64),
    /// The projects of a group and of what is below it.
    Group(u64),
    /// The projects that the user is a member of.
    Memberships,
    /// The projects in the user's own namespace.
    Personal,
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
        let Some(ids) = listed(directory, identity, *candidate).await? else { continue };
        for id in ids.iter() {
            if projects.len() < MOST && !projects.contains(id) {
                projects.push(*id);
            }
        }
    }
    Ok(projects)
}

async fn listed(
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
    let ask = async {
        let path = format!("{list}simple=true&order_by=last_activity_at&per_page={MOST}");
        let Some(answer) = directory.client.get_json(&identity.credential, &path).await? else {
            return Ok(None);
        };
        let projects = answer.as_array().ok_or_else(|| GitlabError::malformed("list of projects"))?;
        let ids = projects.iter().map(|project| project.get("id").and_then(serde_json::Value::as_u64));
        let ids: Option<Vec<u64>> = ids.collect();
        ids.map(Some).ok_or_else(|| GitlabError::malformed("project without an id"))
    };
    directory.listings.get(identity.connection, &candidate, ask).await
}
