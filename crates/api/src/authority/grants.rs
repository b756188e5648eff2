//! Turns requested grants into those that are stored: names checked, memberships checked, one per resource.

use futures_util::{StreamExt, TryStreamExt, stream};
use narrowgate_catalog::Catalog;
use narrowgate_gitlab::Reference;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{GrantAccess, Resource, StoredGrant};

use super::error::AuthorityError;
use super::names::nearest;
use crate::state::ApiState;

/// More resources would each cost a look-up on the instance.
const MOST_RESOURCES: usize = 200;
const AT_ONCE: usize = 8;

/// A grant as asked for: GitLab's `granular_scopes` entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedGrant {
    /// Where.
    pub access: GrantAccess,
    /// Names of permissions.
    pub permissions: Vec<String>,
    /// Projects, for selected memberships only.
    pub project_ids: Vec<u64>,
    /// Groups, for selected memberships only.
    pub group_ids: Vec<u64>,
}

/// The grants to store. Selected projects and groups must be the owner's: GitLab checks the caller's memberships
/// instead, which lets an administrator make tokens that promise what their owner cannot do.
pub(crate) async fn resolve(
    state: &ApiState,
    owner: &Connection,
    requested: &[RequestedGrant],
) -> Result<Vec<StoredGrant>, AuthorityError> {
    let mut grants = Vec::with_capacity(requested.len());
    let mut unseen = false;
    check_size(requested)?;
    for grant in requested {
        let permissions = check_names(state.catalog, &grant.permissions)?;
        if grant.access != GrantAccess::SelectedMemberships {
            grants.push(StoredGrant { access: grant.access, project_id: None, group_id: None, permissions });
            continue;
        }
        let found = select(state, owner, grant).await?;
        unseen |= found.iter().any(Option::is_none);
        grants.extend(found.into_iter().flatten().map(|place| selected(place, permissions.clone())));
    }
    match grants.is_empty() {
        false => Ok(grants),
        true if unseen => Err(AuthorityError::NotFound { what: "project or group" }),
        true => Err(AuthorityError::NoGrant),
    }
}

/// Bounds the look-ups that a request can cause.
pub(super) fn check_size(requested: &[RequestedGrant]) -> Result<(), AuthorityError> {
    let resources: usize =
        requested.iter().map(|grant| 1 + grant.project_ids.len() + grant.group_ids.len()).sum();
    if resources > MOST_RESOURCES {
        return Err(AuthorityError::invalid(
            "granular_scopes",
            format!("select more than {MOST_RESOURCES} resources"),
        ));
    }
    Ok(())
}

/// The names of known permissions, sorted and without repetition.
pub(super) fn check_names(catalog: &Catalog, names: &[String]) -> Result<Vec<String>, AuthorityError> {
    if let Some(name) = names.iter().find(|name| catalog.permission(name).is_none()) {
        let known = catalog.permissions().map(|permission| permission.name.as_str());
        let nearest = nearest(name, known).map(str::to_owned);
        return Err(AuthorityError::UnknownPermission { name: name.clone(), nearest });
    }
    let mut names = names.to_vec();
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// A grant on one project or group.
pub(super) fn selected(place: Resource, permissions: Vec<String>) -> StoredGrant {
    let (project_id, group_id) = match place {
        Resource::Project(id) => (Some(id), None),
        Resource::Group(id) => (None, Some(id)),
    };
    StoredGrant { access: GrantAccess::SelectedMemberships, project_id, group_id, permissions }
}

/// Each selected place, or none for what the owner cannot see.
async fn select(
    state: &ApiState,
    owner: &Connection,
    grant: &RequestedGrant,
) -> Result<Vec<Option<Resource>>, AuthorityError> {
    let projects = grant.project_ids.iter().copied().map(Resource::Project);
    let groups = grant.group_ids.iter().copied().map(Resource::Group);
    let mut places: Vec<_> = groups.chain(projects).collect();
    let mut seen = Vec::new();
    places.retain(|place| {
        !seen.contains(place) && {
            seen.push(*place);
            true
        }
    });
    stream::iter(places)
        .map(|place| check_membership(state, owner, place))
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

/// What does not exist or is out of the owner's sight is passed over, as GitLab does with numbers that do not exist;
/// what the owner sees without being a member is an error.
async fn check_membership(
    state: &ApiState,
    owner: &Connection,
    place: Resource,
) -> Result<Option<Resource>, AuthorityError> {
    let role = match place {
        Resource::Project(id) => {
            state.containers.project(owner, &Reference::Id(id)).await?.map(|project| project.role)
        }
        Resource::Group(id) => {
            state.containers.group(owner, &Reference::Id(id)).await?.map(|group| group.role)
        }
    };
    match role {
        None => Ok(None),
        Some(Some(_)) => Ok(Some(place)),
        Some(None) => Err(AuthorityError::NotFound { what: "membership" }),
    }
}
