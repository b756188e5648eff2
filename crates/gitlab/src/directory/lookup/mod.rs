//! Finds out which project or group a bare number belongs to, the way the catalogue declares.

mod decode;
mod graphql;
mod in_projects;
mod read;
mod render;

use std::sync::Arc;

use narrowgate_catalog::{BoundaryType, ContainerAt, Lookup, LookupAnswer};

use super::{Directory, Identity};
use crate::error::GitlabError;

/// What something belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Container {
    /// A project, by number.
    Project(u64),
    /// A group, by number.
    Group(u64),
    /// The user who asks.
    User,
    /// The instance.
    Instance,
}

impl Container {
    /// The kind of boundary.
    #[must_use]
    pub const fn boundary(self) -> BoundaryType {
        match self {
            Self::Project(_) => BoundaryType::Project,
            Self::Group(_) => BoundaryType::Group,
            Self::User => BoundaryType::User,
            Self::Instance => BoundaryType::Instance,
        }
    }
}

pub(super) async fn ask(
    directory: &Directory,
    identity: &Identity,
    lookup: &Lookup,
    arguments: &[(&str, &str)],
    candidates: &[u64],
) -> Result<Option<Container>, GitlabError> {
    match &lookup.answer {
        LookupAnswer::Unanswerable { .. } => Ok(None),
        LookupAnswer::Graphql { document, containers } => match render::argument(arguments, "id") {
            Some(id) => graphql::ask(directory, identity, document, containers, id).await,
            None => Ok(None),
        },
        LookupAnswer::Decode { encoding, boundary, argument } => {
            let Some(value) = render::argument(arguments, argument) else { return Ok(None) };
            decode::ask(directory, identity, *encoding, *boundary, value).await
        }
        LookupAnswer::Get { path, containers } => match render::path(path, arguments) {
            Some(path) => {
                let key = format!("{} {path}", lookup.name);
                let ask = get(directory, identity, &path, containers, arguments);
                Ok(directory.lookups.get(identity.connection, &key, ask).await?.map(Arc::unwrap_or_clone))
            }
            None => Ok(None),
        },
        LookupAnswer::InProjects { path } => {
            in_projects::ask(directory, identity, path, arguments, candidates).await
        }
    }
}

async fn get(
    directory: &Directory,
    identity: &Identity,
    path: &str,
    containers: &[ContainerAt],
    arguments: &[(&str, &str)],
) -> Result<Option<Container>, GitlabError> {
    match directory.client.get_json(&identity.credential, path).await? {
        Some(answer) => read::container(&answer, containers, arguments, identity.user_id),
        None => Ok(None),
    }
}
