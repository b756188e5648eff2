//! Which projects and groups a token's grants apply to.

use narrowgate_gitlab::{GroupFacts, ProjectFacts};
use narrowgate_policy::Access;
use narrowgate_store::tokens::TokenPrivileges;

use crate::authority::plain_grants;
use crate::caller::Caller;
use crate::state::ApiState;

/// The accesses of a token's grants; none for a token that is not fine-grained, which reaches all its owner does.
pub(super) struct Reach(Option<Vec<Access>>);

impl Reach {
    pub(super) fn new(state: &ApiState, caller: &Caller) -> Self {
        let privileges = caller.token.as_ref().map(|token| &token.privileges);
        Self(match privileges {
            Some(TokenPrivileges::FineGrained(grants)) => {
                Some(plain_grants(state.catalog, grants).into_iter().map(|grant| grant.access).collect())
            }
            // Job tokens do not come here.
            Some(TokenPrivileges::Job) => Some(Vec::new()),
            Some(TokenPrivileges::Legacy(_)) | None => None,
        })
    }

    pub(super) fn project(&self, project: &ProjectFacts) -> bool {
        self.any(|access| match access {
            Access::PersonalProjects => project.personal,
            Access::AllMemberships => project.role.is_some(),
            Access::SelectedMemberships { projects, groups } => {
                projects.contains(&project.id) || project.ancestors.iter().any(|id| groups.contains(id))
            }
            Access::User | Access::Instance => false,
        })
    }

    pub(super) fn group(&self, group: &GroupFacts) -> bool {
        self.any(|access| match access {
            Access::AllMemberships => group.role.is_some(),
            Access::SelectedMemberships { groups, .. } => {
                groups.contains(&group.id) || group.ancestors.iter().any(|id| groups.contains(id))
            }
            Access::PersonalProjects | Access::User | Access::Instance => false,
        })
    }

    fn any(&self, reaches: impl Fn(&Access) -> bool) -> bool {
        self.0.as_ref().is_none_or(|accesses| accesses.iter().any(reaches))
    }
}
