//! Which top-level groups take fine-grained tokens only, and from when on.

use std::collections::HashMap;

use narrowgate_policy::Enforcement;
use narrowgate_store::policies::{StoredPolicy, TokenPolicy};
use narrowgate_store::time::Timestamp;

use crate::GateConfig;

/// The enforcement of one tenant on the gate's instance.
#[derive(Debug)]
pub(crate) struct Enforced {
    everywhere: TokenPolicy,
    groups: HashMap<u64, TokenPolicy>,
    configured: Vec<u64>,
}

impl Enforced {
    /// Of all policies of a tenant those that concern this instance.
    pub(super) fn new(stored: &[StoredPolicy], config: &GateConfig) -> Self {
        let instance = config.instance.as_str();
        let here =
            |policy: &&StoredPolicy| policy.scope.instance_url.as_deref().is_none_or(|url| url == instance);
        let mut everywhere = TokenPolicy::default();
        let mut groups: HashMap<u64, TokenPolicy> = HashMap::new();
        for StoredPolicy { scope, policy, .. } in stored.iter().filter(here) {
            let place = match scope.root_group {
                Some(group) => groups.entry(group).or_default(),
                None => &mut everywhere,
            };
            *place = place.and(policy);
        }
        for policy in groups.values_mut() {
            *policy = policy.and(&everywhere);
        }
        Self { everywhere, groups, configured: config.enforced_groups.clone() }
    }

    /// Whether fine-grained tokens are not taken yet.
    pub(super) const fn refuses_fine_grained(&self) -> bool {
        self.everywhere.no_fine_grained
    }

    /// Whether impersonation tokens are not taken.
    pub(super) const fn refuses_impersonation(&self) -> bool {
        self.everywhere.no_impersonation
    }

    /// Whether nothing is enforced anywhere, now or on a later day.
    pub(crate) fn is_silent(&self) -> bool {
        let mut policies = self.groups.values().chain([&self.everywhere]);
        self.configured.is_empty() && policies.all(|policy| policy.fine_grained_only_from.is_none())
    }

    /// What holds for the whole instance.
    pub(crate) fn everywhere(&self, now: Timestamp) -> Enforcement {
        judge(&self.everywhere, now)
    }

    /// What holds in a top-level group; outside of all groups what holds everywhere.
    pub(crate) fn below(&self, root: Option<u64>, now: Timestamp) -> Enforcement {
        let Some(root) = root else { return self.everywhere(now) };
        if self.configured.contains(&root) {
            return Enforcement::On;
        }
        judge(self.groups.get(&root).unwrap_or(&self.everywhere), now)
    }
}

fn judge(policy: &TokenPolicy, now: Timestamp) -> Enforcement {
    match (policy.enforces(now), policy.dry_run) {
        (false, _) => Enforcement::Off,
        (true, true) => Enforcement::DryRun,
        (true, false) => Enforcement::On,
    }
}
