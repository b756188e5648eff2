//! What a token may do, as the inventory shows it.

use async_graphql::{Context, Enum, Object, Result, SimpleObject, Union};
use narrowgate_store::tokens::{GrantAccess, Resource, StoredGrant};

use super::namespace::{Namespace, Namespaces};
use crate::graphql::permissions::AccessTokenPermission;
use crate::graphql::permit::parties;

/// One scope or one grant.
#[derive(Union)]
#[graphql(name = "AccessTokenScope")]
pub(super) enum AccessTokenScope {
    Legacy(AccessTokenLegacyScope),
    Granular(AccessTokenGranularScope),
}

/// A legacy scope.
#[derive(SimpleObject)]
pub(super) struct AccessTokenLegacyScope {
    pub(super) value: String,
}

/// What a grant reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum GranularScopeAccess {
    PersonalProjects,
    AllMemberships,
    SelectedMemberships,
    User,
    Instance,
}

impl From<GrantAccess> for GranularScopeAccess {
    fn from(access: GrantAccess) -> Self {
        match access {
            GrantAccess::PersonalProjects => Self::PersonalProjects,
            GrantAccess::AllMemberships => Self::AllMemberships,
            GrantAccess::SelectedMemberships => Self::SelectedMemberships,
            GrantAccess::User => Self::User,
            GrantAccess::Instance => Self::Instance,
        }
    }
}

impl From<GranularScopeAccess> for GrantAccess {
    fn from(access: GranularScopeAccess) -> Self {
        match access {
            GranularScopeAccess::PersonalProjects => Self::PersonalProjects,
            GranularScopeAccess::AllMemberships => Self::AllMemberships,
            GranularScopeAccess::SelectedMemberships => Self::SelectedMemberships,
            GranularScopeAccess::User => Self::User,
            GranularScopeAccess::Instance => Self::Instance,
        }
    }
}

/// A grant.
pub(super) struct AccessTokenGranularScope {
    grant: StoredGrant,
}

impl AccessTokenGranularScope {
    pub(super) fn of(grant: &StoredGrant) -> Self {
        Self { grant: grant.clone() }
    }
}

#[Object]
impl AccessTokenGranularScope {
    async fn access(&self) -> GranularScopeAccess {
        self.grant.access.into()
    }

    /// The selected project or group, unless the caller cannot see it any more.
    async fn namespace(&self, context: &Context<'_>) -> Result<Option<Namespace>> {
        let project = self.grant.project_id.map(Resource::Project);
        let Some(resource) = project.or(self.grant.group_id.map(Resource::Group)) else { return Ok(None) };
        let (state, caller) = parties(context)?;
        context.data::<Namespaces>()?.look_up(state, caller, resource).await
    }

    /// Those that the catalogue still knows.
    async fn permissions(&self, context: &Context<'_>) -> Result<Vec<AccessTokenPermission>> {
        let (state, _) = parties(context)?;
        let known = self.grant.permissions.iter().filter_map(|name| state.catalog.permission(name));
        Ok(known.map(Into::into).collect())
    }
}
