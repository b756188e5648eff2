//! What a policy is for.

use anyhow::Result;
use clap::Args;
use narrowgate_store::TenantId;
use narrowgate_store::policies::PolicyScope;

use crate::settings::Settings;

/// What the policy is for: all tokens, unless one of these is given.
#[derive(Args, Debug)]
#[command(next_help_heading = "What it is for")]
pub(super) struct ScopeFlags {
    /// Tokens on the instance that `--instance` names.
    #[arg(long)]
    on_instance: bool,
    /// What lies in this top-level group of that instance, by its number.
    #[arg(long, value_name = "ID")]
    group: Option<u64>,
}

impl ScopeFlags {
    /// The scope that was named.
    ///
    /// # Errors
    /// When it needs an instance and none is named.
    pub(super) fn resolve(&self, settings: &Settings) -> Result<PolicyScope> {
        let tenant = TenantId::DEFAULT;
        Ok(match (self.group, self.on_instance) {
            (Some(group), _) => PolicyScope::group(tenant, settings.instance()?.as_str(), group),
            (None, true) => PolicyScope::instance(tenant, settings.instance()?.as_str()),
            (None, false) => PolicyScope::tenant(tenant),
        })
    }
}

/// The scope for people.
pub(super) fn name(scope: &PolicyScope) -> String {
    match (&scope.instance_url, scope.root_group) {
        (Some(instance), Some(group)) => format!("group {group} of {instance}"),
        (Some(instance), None) => instance.clone(),
        (None, _) => "all tokens".to_owned(),
    }
}
