//! Learns about a project.

use futures_util::future::try_join;
use narrowgate_catalog::Role;

use super::chain::{self, Start};
use super::{Directory, Identity, ProjectFacts};
use crate::error::GitlabError;
use crate::model::{NamespaceKind, Project};
use crate::reference::Reference;

pub(super) async fn ask(
    directory: &Directory,
    identity: &Identity,
    reference: &Reference,
) -> Result<Option<ProjectFacts>, GitlabError> {
    let Some(project) = directory.client.project(&identity.credential, reference).await? else {
        return Ok(None);
    };
    if matches!(reference, Reference::Id(id) if *id != project.id) {
        return Err(GitlabError::malformed("project with another number"));
    }
    let personal = is_personal(&project, identity);
    let start = match project.namespace.kind {
        NamespaceKind::Group => Some(Start { id: project.namespace.id, parent: project.namespace.parent_id }),
        NamespaceKind::User => None,
    };
    let ancestors = chain::ancestors(directory, identity, start);
    let (ancestors, role) = try_join(ancestors, role(directory, identity, project.id, personal)).await?;
    let Project { id, path_with_namespace: full_path, visibility, .. } = project;
    Ok(Some(ProjectFacts { id, full_path, ancestors, role, visibility, personal }))
}

/// By the owner's number and not by the namespace's path, which another user may have taken over after a rename.
fn is_personal(project: &Project, identity: &Identity) -> bool {
    project.namespace.kind == NamespaceKind::User
        && project.owner.as_ref().is_some_and(|owner| owner.id == identity.user_id)
}

async fn role(
    directory: &Directory,
    identity: &Identity,
    project: u64,
    personal: bool,
) -> Result<Option<Role>, GitlabError> {
    if personal {
        return Ok(Some(Role::Owner));
    }
    directory.client.project_role(&identity.credential, project, identity.user_id).await
}
