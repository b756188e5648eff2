//! Grants of a project's or group's token: they stay within it.

use narrowgate_gitlab::Reference;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{GrantAccess, Resource, StoredGrant};

use super::error::AuthorityError;
use super::grants::{self, RequestedGrant};
use super::resource::{self, Place, ResourceKind};
use crate::state::ApiState;

/// The grants to store. A grant that selects nothing is on the project or group itself.
pub(super) async fn resolve(
    state: &ApiState,
    creator: &Connection,
    place: &Place,
    requested: &[RequestedGrant],
) -> Result<Vec<StoredGrant>, AuthorityError> {
    grants::check_size(requested)?;
    let mut stored = Vec::with_capacity(requested.len());
    for grant in requested {
        if grant.access != GrantAccess::SelectedMemberships {
            return Err(leaves(place));
        }
        let permissions = grants::check_names(state.catalog, &grant.permissions)?;
        for resource in selection(place, grant) {
            if resource != place.resource {
                check_within(state, creator, place, resource).await?;
            }
            stored.push(grants::selected(resource, permissions.clone()));
        }
    }
    if stored.is_empty() { Err(AuthorityError::NoGrant) } else { Ok(stored) }
}

fn selection(place: &Place, grant: &RequestedGrant) -> Vec<Resource> {
    let groups = grant.group_ids.iter().copied().map(Resource::Group);
    let mut selected: Vec<_> =
        groups.chain(grant.project_ids.iter().copied().map(Resource::Project)).collect();
    selected.sort_unstable();
    selected.dedup();
    if selected.is_empty() {
        selected.push(place.resource);
    }
    selected
}

async fn check_within(
    state: &ApiState,
    creator: &Connection,
    place: &Place,
    resource: Resource,
) -> Result<(), AuthorityError> {
    let kind = match resource {
        Resource::Project(_) => ResourceKind::Project,
        Resource::Group(_) => ResourceKind::Group,
    };
    let found = resource::place(state, creator, kind, &Reference::Id(resource.id())).await;
    match found {
        Ok(found) if found.lies_in(place.resource) => Ok(()),
        Ok(_) | Err(AuthorityError::Missing { .. }) => Err(leaves(place)),
        Err(error) => Err(error),
    }
}

fn leaves(place: &Place) -> AuthorityError {
    let kind = place.kind().as_str();
    let text = format!("of a {kind} access token can only select the {kind} and what lies in it");
    AuthorityError::invalid("granular_scopes", text)
}
