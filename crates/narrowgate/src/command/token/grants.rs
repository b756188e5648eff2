//! From flags to grants.

use anyhow::{Result, anyhow, ensure};
use clap::Args;
use narrowgate_api::authority::{Requested, RequestedGrant};
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::GrantAccess;

use crate::control::Control;
use crate::hint::Hint as _;

/// Where the token reaches, and what it may do there.
#[derive(Args, Debug)]
#[command(next_help_heading = "Privileges")]
pub(super) struct GrantFlags {
    /// A permission, such as `read_job`; repeat for more. All of them apply to every place that is named.
    #[arg(long = "permission", value_name = "NAME", value_delimiter = ',')]
    permissions: Vec<String>,
    /// A project, by number or full path; repeat for more.
    #[arg(long = "project", value_name = "PROJECT")]
    projects: Vec<String>,
    /// A group with everything below it, by number or full path; repeat for more.
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Every project and group that the user is a member of.
    #[arg(long)]
    all_memberships: bool,
    /// The projects in the user's own namespace.
    #[arg(long)]
    personal_projects: bool,
    /// The user itself, for permissions of the user boundary.
    #[arg(long)]
    on_user: bool,
    /// The instance, for permissions of the instance boundary.
    #[arg(long)]
    on_instance: bool,
    /// A legacy scope, such as `read_api`, instead of permissions; repeat for more.
    #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',', conflicts_with = "permissions")]
    scopes: Vec<String>,
}

impl GrantFlags {
    /// What is asked for; paths are looked up as the owner.
    ///
    /// # Errors
    /// When nothing is asked for, or the owner can't see a place that is named.
    pub(super) async fn resolve(&self, control: &Control, owner: &Connection) -> Result<Requested> {
        if !self.scopes.is_empty() {
            ensure!(
                self.accesses().is_empty(),
                "a legacy token reaches everything its user can: name no place"
            );
            return Ok(Requested::Legacy(self.scopes.clone()));
        }
        if self.permissions.is_empty() {
            return Err(anyhow!("the token would have no privileges"))
                .hint("name permissions with `--permission`; `narrowgate needs 'GET /path'` tells which");
        }
        let accesses = self.accesses();
        if accesses.is_empty() {
            return Err(anyhow!("the token would reach nothing")).hint(
                "name a place with `--project`, `--group`, `--all-memberships` or `--personal-projects`",
            );
        }
        let mut grants = Vec::with_capacity(accesses.len());
        for access in accesses {
            grants.push(self.grant(access, control, owner).await?);
        }
        Ok(Requested::FineGrained(grants))
    }

    fn accesses(&self) -> Vec<GrantAccess> {
        let selects = !self.projects.is_empty() || !self.groups.is_empty();
        [
            (selects, GrantAccess::SelectedMemberships),
            (self.all_memberships, GrantAccess::AllMemberships),
            (self.personal_projects, GrantAccess::PersonalProjects),
            (self.on_user, GrantAccess::User),
            (self.on_instance, GrantAccess::Instance),
        ]
        .into_iter()
        .filter_map(|(wanted, access)| wanted.then_some(access))
        .collect()
    }

    async fn grant(
        &self,
        access: GrantAccess,
        control: &Control,
        owner: &Connection,
    ) -> Result<RequestedGrant> {
        let mut grant = RequestedGrant {
            access,
            permissions: self.permissions.clone(),
            project_ids: Vec::new(),
            group_ids: Vec::new(),
        };
        if access == GrantAccess::SelectedMemberships {
            for project in &self.projects {
                grant.project_ids.push(control.project_id(owner, project).await?);
            }
            for group in &self.groups {
                grant.group_ids.push(control.group_id(owner, group).await?);
            }
        }
        Ok(grant)
    }
}
