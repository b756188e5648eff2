//! What a project lets the tokens of a job do.

use narrowgate_catalog::{JobPolicy, JobPolicySet};
use narrowgate_gitlab::{GroupFacts, ProjectFacts, Reference};
use narrowgate_policy::JobAccess;
use narrowgate_store::TenantId;
use narrowgate_store::allowlist::{Allowlist, AllowlistEntry};
use narrowgate_store::tokens::Resource;

use super::allowlist;
use crate::authenticate::Principal;
use crate::core::Core;
use crate::refusal::Refusal;

/// Where a job runs.
#[derive(Clone, Debug)]
pub(crate) struct JobOrigin {
    tenant: TenantId,
    project: u64,
    ancestors: Vec<u64>,
}

/// Where the bearer's job runs; none, where it is no job.
///
/// # Errors
///
/// An instance that can't be asked.
pub(crate) async fn origin(core: &Core, principal: &Principal) -> Result<Option<JobOrigin>, Refusal> {
    let Some(job) = principal.job else { return Ok(None) };
    let link = &principal.link;
    let facts = core.directory.project(&link.identity, &Reference::Id(job.project_id)).await?;
    let ancestors = facts.map(|facts| facts.ancestors.clone()).unwrap_or_default();
    Ok(Some(JobOrigin { tenant: link.connection.tenant, project: job.project_id, ancestors }))
}

/// What a project's allowlist says of the job.
///
/// # Errors
///
/// A store that can't be asked.
pub(crate) async fn access_in_project(
    core: &Core,
    origin: &JobOrigin,
    project: &ProjectFacts,
) -> Result<JobAccess, Refusal> {
    let allowlist = allowlist(core, origin.tenant, project.id).await?;
    Ok(access(&allowlist, origin, project.id))
}

/// Groups have no allowlist: those that the job's project lies in are open to it.
pub(crate) fn access_in_group(origin: &JobOrigin, group: &GroupFacts) -> JobAccess {
    if origin.ancestors.contains(&group.id) { JobAccess::Default } else { JobAccess::None }
}

fn access(allowlist: &Allowlist, origin: &JobOrigin, project: u64) -> JobAccess {
    if project == origin.project {
        return JobAccess::Own { push: allowlist.push };
    }
    let names = |entry: &&AllowlistEntry| match entry.target {
        Resource::Project(id) => id == origin.project,
        Resource::Group(id) => origin.ancestors.contains(&id),
    };
    let mut held: Option<JobPolicySet> = None;
    for entry in allowlist.entries.iter().filter(names) {
        let Some(policies) = &entry.policies else { return JobAccess::Default };
        // A policy that this version does not know opens nothing.
        let known: JobPolicySet = policies.iter().filter_map(|name| JobPolicy::parse(name)).collect();
        held = Some(held.unwrap_or(JobPolicySet::EMPTY).union(known));
    }
    held.map_or(JobAccess::None, JobAccess::Policies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use narrowgate_store::time::Timestamp;

    fn entry(target: Resource, policies: Option<&[&str]>) -> AllowlistEntry {
        let policies = policies.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        AllowlistEntry { target, policies, updated_at: Timestamp(0) }
    }

    #[test]
    fn entries_add_up() {
        let origin = JobOrigin { tenant: TenantId::DEFAULT, project: 20, ancestors: vec![11, 10] };
        let of = |entries: Vec<AllowlistEntry>| access(&Allowlist { entries, push: true }, &origin, 21);
        assert_eq!(of(vec![]), JobAccess::None);
        assert_eq!(of(vec![entry(Resource::Project(22), None)]), JobAccess::None);
        assert_eq!(of(vec![entry(Resource::Group(10), None)]), JobAccess::Default);
        let both = of(vec![
            entry(Resource::Project(20), Some(&["READ_JOBS", "READ_UNHEARD_OF"])),
            entry(Resource::Group(11), Some(&["READ_PACKAGES"])),
        ]);
        let expected = [JobPolicy::parse("READ_JOBS").unwrap(), JobPolicy::parse("READ_PACKAGES").unwrap()];
        assert_eq!(both, JobAccess::Policies(expected.into_iter().collect()));
        let own = Allowlist { entries: vec![], push: true };
        assert_eq!(access(&own, &origin, 20), JobAccess::Own { push: true });
    }
}
