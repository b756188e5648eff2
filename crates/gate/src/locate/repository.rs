//! The project, group or user whose repository a Git or LFS request is about.

use narrowgate_catalog::{BoundaryType, Operation, RepositoryKind, RepositoryOperation, RepositoryService};
use narrowgate_gitlab::Reference;
use narrowgate_policy::Reason;
use smallvec::smallvec;

use super::{Eyes, FoundNeed, FoundNeeds, FoundPlace, group, placed, project};
use crate::classify::Repository;
use crate::core::Core;
use crate::refusal::Refusal;

/// The operation of a service, where its place does not matter.
///
/// # Errors
///
/// A service that the catalogue doesn't cover.
pub(crate) fn unlocated(
    core: &Core,
    repository: Repository<'_>,
    service: RepositoryService,
) -> Result<&'static Operation, Refusal> {
    operation(core, repository.kind(), service)
}

fn operation(
    core: &Core,
    repository: RepositoryKind,
    service: RepositoryService,
) -> Result<&'static Operation, Refusal> {
    let known = core.catalog.repository(RepositoryOperation { service, repository });
    known.ok_or_else(|| Refusal::reason(Reason::NotCovered))
}

/// The operation and its located need.
///
/// # Errors
///
/// A service that the catalogue doesn't cover, and an instance that can't be asked.
pub(crate) async fn repository(
    eyes: Eyes<'_>,
    repository: Repository<'_>,
    service: RepositoryService,
) -> Result<(&'static Operation, FoundNeeds), Refusal> {
    let (kind, place) = place(eyes, repository).await?;
    let operation = operation(eyes.core, kind, service)?;
    let needs = operation.needs().iter().map(|need| FoundNeed {
        permissions: &need.permission_ids,
        places: smallvec![place.clone()],
        public_read: operation.public_read,
        role: eyes.core.catalog.role_of(need),
    });
    Ok((operation, needs.collect()))
}

async fn place(eyes: Eyes<'_>, repository: Repository<'_>) -> Result<(RepositoryKind, FoundPlace), Refusal> {
    let hidden = FoundPlace::NotFound(BoundaryType::Project);
    let (kind, found) = match repository {
        Repository::Project(path) | Repository::ProjectSnippet(path, _) => {
            (repository.kind(), by_path(eyes, path).await?)
        }
        Repository::Wiki(path) => wiki(eyes, path).await?,
        Repository::Snippet(id) => snippet(eyes, id).await?,
    };
    Ok((kind, found.unwrap_or(hidden)))
}

async fn by_path(eyes: Eyes<'_>, path: &str) -> Result<Option<FoundPlace>, Refusal> {
    match Reference::parse_decoded(path) {
        // All digits would be read as an id; a path of a project has a slash. Git is forwarded by this very path.
        Ok(reference @ Reference::Path(_)) => {
            match eyes.core.directory.project_now(eyes.identity, &reference).await? {
                Some(facts) => Ok(Some(placed(eyes, facts).await?)),
                None => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

/// A project's wiki and a group's look the same from outside.
async fn wiki(eyes: Eyes<'_>, path: &str) -> Result<(RepositoryKind, Option<FoundPlace>), Refusal> {
    if let Some(found) = by_path(eyes, path).await? {
        return Ok((RepositoryKind::ProjectWiki, Some(found)));
    }
    match Reference::parse_decoded(path) {
        Ok(reference @ Reference::Path(_)) => {
            let found = group(eyes, &reference).await?;
            let kind = if found.is_some() { RepositoryKind::GroupWiki } else { RepositoryKind::ProjectWiki };
            Ok((kind, found))
        }
        _ => Ok((RepositoryKind::ProjectWiki, None)),
    }
}

/// A snippet without a project in its path may still be a project's.
async fn snippet(eyes: Eyes<'_>, id: u64) -> Result<(RepositoryKind, Option<FoundPlace>), Refusal> {
    let found = eyes.core.directory.client().snippet(&eyes.identity.credential, id).await?;
    let hidden = Some(FoundPlace::NotFound(BoundaryType::User));
    match found.map(|snippet| snippet.project_id) {
        None => Ok((RepositoryKind::PersonalSnippet, hidden)),
        Some(None) => Ok((RepositoryKind::PersonalSnippet, Some(FoundPlace::User))),
        Some(Some(id)) => {
            let found = project(eyes, &Reference::Id(id)).await?;
            Ok((RepositoryKind::ProjectSnippet, found))
        }
    }
}
