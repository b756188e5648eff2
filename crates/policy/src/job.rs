//! What job tokens may do (WIRE 10).

use narrowgate_catalog::{JobPolicySet, JobTokenRule};

use crate::{JobAccess, Place};

/// Whether a job token may do on a place what is open to job tokens on these terms.
pub(crate) fn admits(rule: JobTokenRule, place: &Place<'_>) -> bool {
    lacks(rule, place).is_some_and(JobPolicySet::is_empty) && !is_refused_at_home(rule, place)
}

/// The policies that the allowlist entry of a place lacks; `None` if no entry names the job's project, or none could
/// open the operation to it.
pub(crate) fn lacks(rule: JobTokenRule, place: &Place<'_>) -> Option<JobPolicySet> {
    let Some(located) = place.located() else {
        // Without a project there is no allowlist: only what no policy controls is open.
        let open = place.is_visible() && rule.policies.is_empty() && !rule.own_project_only;
        return open.then_some(JobPolicySet::EMPTY);
    };
    match located.job {
        JobAccess::Own { .. } => Some(JobPolicySet::EMPTY),
        JobAccess::None => None,
        _ if rule.own_project_only => None,
        JobAccess::Default => Some(JobPolicySet::EMPTY),
        JobAccess::Policies(held) => Some(held.lacks(rule.policies)),
    }
}

/// A push to the job's own project, where the project does not let its jobs push.
fn is_refused_at_home(rule: JobTokenRule, place: &Place<'_>) -> bool {
    let consents = |job| matches!(job, JobAccess::Own { push: true });
    rule.push && !place.located().is_some_and(|located| consents(located.job))
}
