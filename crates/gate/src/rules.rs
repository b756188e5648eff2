//! What the store decrees for whole groups and projects, kept in memory as tokens are: who takes fine-grained tokens only,
//! and whose jobs a project lets in.

mod enforced;
mod jobs;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use narrowgate_policy::{Denial, Privileges, Reason};
use narrowgate_store::TenantId;
use narrowgate_store::allowlist::{Allowlist, ProjectKey};
use papaya::HashMap;

use crate::authenticate::Principal;
use crate::core::Core;
use crate::refusal::Refusal;
pub(crate) use enforced::Enforced;
pub(crate) use jobs::{JobOrigin, access_in_group, access_in_project, origin};

/// How many allowlists are kept.
const MOST: usize = 10_000;

/// Policies by tenant, allowlists by tenant and project.
#[derive(Default)]
pub(crate) struct Rules {
    policies: HashMap<i64, Arc<Enforced>>,
    allowlists: HashMap<(i64, u64), Arc<Allowlist>>,
    /// Grows with every change: what was read before may be stale.
    generation: AtomicU64,
}

impl Rules {
    /// Forgets every policy.
    pub(crate) fn forget_policies(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.policies.pin().clear();
    }

    /// Forgets every allowlist.
    pub(crate) fn forget_allowlists(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.allowlists.pin().clear();
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}

/// Where a tenant takes fine-grained tokens only.
///
/// # Errors
///
/// A store that can't be asked.
async fn enforced(core: &Core, tenant: TenantId) -> Result<Arc<Enforced>, Refusal> {
    let rules = &core.rules;
    if core.follower.is_fresh(core.config.max_staleness)
        && let Some(known) = rules.policies.pin().get(&tenant.0)
    {
        return Ok(Arc::clone(known));
    }
    let generation = rules.generation();
    let stored = core.store.policies().list(tenant).await?;
    let enforced = Arc::new(Enforced::new(&stored, &core.config));
    rules.policies.pin().insert(tenant.0, Arc::clone(&enforced));
    if rules.generation() != generation {
        rules.policies.pin().remove(&tenant.0);
    }
    Ok(enforced)
}

/// As [`enforced`], for a token whose kind is taken at all.
///
/// # Errors
///
/// A kind that is not taken, and a store that can't be asked.
pub(crate) async fn admit(core: &Core, principal: &Principal) -> Result<Arc<Enforced>, Refusal> {
    let enforced = enforced(core, principal.link.connection.tenant).await?;
    let refuse = |reason| Err(Denial::new(reason).for_class(principal.bearer.class).into());
    match principal.bearer.privileges {
        _ if principal.impersonation && enforced.refuses_impersonation() => {
            refuse(Reason::ImpersonationDisabled)
        }
        Privileges::FineGrained(_) if enforced.refuses_fine_grained() => refuse(Reason::FineGrainedDisabled),
        _ => Ok(enforced),
    }
}

async fn allowlist(core: &Core, tenant: TenantId, project_id: u64) -> Result<Arc<Allowlist>, Refusal> {
    let rules = &core.rules;
    let key = (tenant.0, project_id);
    if core.follower.is_fresh(core.config.max_staleness)
        && let Some(known) = rules.allowlists.pin().get(&key)
    {
        return Ok(Arc::clone(known));
    }
    let generation = rules.generation();
    let instance_url = core.config.instance.as_str().to_owned();
    let project = ProjectKey { tenant, instance_url, project_id };
    let allowlist = Arc::new(core.store.allowlists().lookup(&project).await?);
    if rules.allowlists.len() >= MOST {
        rules.allowlists.pin().clear();
    }
    rules.allowlists.pin().insert(key, Arc::clone(&allowlist));
    if rules.generation() != generation {
        rules.allowlists.pin().remove(&key);
    }
    Ok(allowlist)
}
