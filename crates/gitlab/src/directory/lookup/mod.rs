//! Finds out which project or group a bare number belongs to, the way the catalogue declares.

mod candidate;
mod decode;
mod graphql;
mod in_projects;
mod listed;
mod questions;
mod read;
mod render;

use std::sync::Arc;

use narrowgate_catalog::{BoundaryType, ContainerAt, Lookup, LookupAnswer};

pub use candidate::Candidate;
pub(super) use candidate::GroupName;
pub(super) use listed::Listing;
pub use questions::Questions;
use questions::Share;

use super::{Directory, Identity};
use crate::error::GitlabError;

/// The argument that a whole global id goes by.
pub(super) const GLOBAL_ID: &str = "global_id";

/// Questions that one look-up puts to the projects and groups that a token selects, in all its ways: a token that selects
/// more than this itself is not served by trying each.
pub(super) const MOST: usize = 100;
/// Questions at a time.
const AT_ONCE: usize = 8;

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

/// Answers a look-up: in the other way where the first finds nothing.
pub(super) async fn ask(
    directory: &Directory,
    identity: &Identity,
    lookup: &Lookup,
    arguments: &[(&str, &str)],
    candidates: &[Candidate],
    questions: &Questions,
) -> Result<Option<Container>, GitlabError> {
    let search = Search { directory, identity, name: &lookup.name, arguments, candidates };
    let mut left = MOST;
    for (index, way) in lookup.ways().enumerate() {
        // What a way leaves is for those after it.
        let part = left.div_ceil(1 + lookup.otherwise.len() - index);
        let mut share = Share { all: questions, left: part };
        if let found @ Some(_) = search.ask(way, &mut share).await? {
            return Ok(found);
        }
        left -= part - share.left;
    }
    Ok(None)
}

struct Search<'a> {
    directory: &'a Directory,
    identity: &'a Identity,
    name: &'a str,
    arguments: &'a [(&'a str, &'a str)],
    candidates: &'a [Candidate],
}

impl Search<'_> {
    async fn ask(
        &self,
        answer: &LookupAnswer,
        share: &mut Share<'_>,
    ) -> Result<Option<Container>, GitlabError> {
        let Self { directory, identity, name, arguments, candidates } = *self;
        match answer {
            LookupAnswer::Unanswerable { .. } => Ok(None),
            LookupAnswer::Graphql { document, containers } => match global_id(arguments) {
                Some(id) => graphql::ask(directory, identity, document, containers, id).await,
                None => Ok(None),
            },
            LookupAnswer::Listed(listed) => match global_id(arguments) {
                Some(id) => listed::ask(directory, identity, listed, id, candidates, share).await,
                None => Ok(None),
            },
            LookupAnswer::Decode { encoding, boundary, argument } => {
                let Some(value) = render::argument(arguments, argument) else { return Ok(None) };
                decode::ask(directory, identity, *encoding, *boundary, value).await
            }
            LookupAnswer::Get { path, containers } => match render::path(path, arguments) {
                Some(path) => {
                    let key = format!("{name} {path}");
                    let ask = get(directory, identity, &path, containers, arguments);
                    let known = directory.lookups.get(identity.connection, &key, ask).await?;
                    Ok(known.map(Arc::unwrap_or_clone))
                }
                None => Ok(None),
            },
            LookupAnswer::InProjects { path } => {
                in_projects::ask(directory, identity, path, arguments, candidates, share).await
            }
        }
    }
}

/// The global id by which a record is looked up, unless something in it could end the string that it is written into.
fn global_id<'a>(arguments: &[(&str, &'a str)]) -> Option<&'a str> {
    let id = render::argument(arguments, GLOBAL_ID)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/_-".contains(&byte);
    (id.starts_with("gid://gitlab/") && id.bytes().all(is_plain)).then_some(id)
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
