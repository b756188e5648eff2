//! The groups above something, by number.

use std::sync::Arc;

use super::{Directory, Identity};
use crate::error::GitlabError;
use crate::model::Group;
use crate::reference::Reference;

/// GitLab nests groups twenty deep; more is a loop or a broken answer.
const DEEPEST: usize = 32;

/// A group's number, and the one above it as far as is known without asking.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) id: u64,
    pub(super) parent: Option<u64>,
}

/// The chain that begins with `start`, nearest first. Each step asks for a group by number: paths are reused after a
/// rename, numbers never. A group that the user may not see ends the chain, with its own number still in it, so that
/// less is covered and never more.
pub(super) async fn ancestors(
    directory: &Directory,
    identity: &Identity,
    start: Option<Start>,
) -> Result<Vec<u64>, GitlabError> {
    let mut chain = Vec::new();
    let mut next = start;
    while let Some(Start { id, parent }) = next {
        if chain.len() >= DEEPEST || chain.contains(&id) {
            return Err(GitlabError::malformed("groups nested in a loop"));
        }
        chain.push(id);
        let above = record(directory, identity, id).await?.map_or(parent, |group| group.parent_id);
        next = above.map(|id| Start { id, parent: None });
    }
    Ok(chain)
}

async fn record(
    directory: &Directory,
    identity: &Identity,
    id: u64,
) -> Result<Option<Arc<Group>>, GitlabError> {
    let reference = Reference::Id(id);
    let ask = directory.client.group(&identity.credential, &reference);
    let group = directory.records.get(identity.connection, &reference, ask).await?;
    match group {
        Some(group) if group.id != id => Err(GitlabError::malformed("group with another number")),
        group => Ok(group),
    }
}
