//! Learns about a group.

use futures_util::future::try_join;

use super::chain::{self, Start};
use super::{Directory, GroupFacts, Identity};
use crate::error::GitlabError;
use crate::reference::Reference;

pub(super) async fn ask(
    directory: &Directory,
    identity: &Identity,
    reference: &Reference,
) -> Result<Option<GroupFacts>, GitlabError> {
    let Some(group) = directory.client.group(&identity.credential, reference).await? else {
        return Ok(None);
    };
    if matches!(reference, Reference::Id(id) if *id != group.id) {
        return Err(GitlabError::malformed("group with another number"));
    }
    let start = group.parent_id.map(|id| Start { id, parent: None });
    let ancestors = chain::ancestors(directory, identity, start);
    let role = directory.client.group_role(&identity.credential, group.id, identity.user_id);
    let (ancestors, role) = try_join(ancestors, role).await?;
    if ancestors.contains(&group.id) {
        return Err(GitlabError::malformed("groups nested in a loop"));
    }
    Ok(Some(GroupFacts {
        id: group.id,
        full_path: group.full_path,
        ancestors,
        role,
        visibility: group.visibility,
    }))
}
