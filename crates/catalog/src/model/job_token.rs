//! Which endpoints take a CI job token, and the policies that guard them (WIRE 10).

use std::fmt;

/// One policy of a job token's allowlist entry, by GitLab's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum JobPolicy {
    /// Read deployments.
    ReadDeployments,
    /// Read and write deployments.
    AdminDeployments,
    /// Read environments.
    ReadEnvironments,
    /// Read and write environments.
    AdminEnvironments,
    /// Read jobs and their artifacts.
    ReadJobs,
    /// Read packages.
    ReadPackages,
    /// Read and write packages.
    AdminPackages,
    /// Read pipelines.
    ReadPipelines,
    /// Read and write pipelines.
    AdminPipelines,
    /// Read releases.
    ReadReleases,
    /// Read and write releases.
    AdminReleases,
    /// Clone repositories and download their LFS objects.
    ReadRepositories,
    /// Read secure files.
    ReadSecureFiles,
    /// Read and write secure files.
    AdminSecureFiles,
    /// Read Terraform states.
    ReadTerraformState,
    /// Read and write Terraform states.
    AdminTerraformState,
}

impl JobPolicy {
    /// Every policy, by name within its resource.
    pub const ALL: [Self; 16] = [
        Self::ReadDeployments,
        Self::AdminDeployments,
        Self::ReadEnvironments,
        Self::AdminEnvironments,
        Self::ReadJobs,
        Self::ReadPackages,
        Self::AdminPackages,
        Self::ReadPipelines,
        Self::AdminPipelines,
        Self::ReadReleases,
        Self::AdminReleases,
        Self::ReadRepositories,
        Self::ReadSecureFiles,
        Self::AdminSecureFiles,
        Self::ReadTerraformState,
        Self::AdminTerraformState,
    ];

    /// GitLab's name: `READ_DEPLOYMENTS`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadDeployments => "READ_DEPLOYMENTS",
            Self::AdminDeployments => "ADMIN_DEPLOYMENTS",
            Self::ReadEnvironments => "READ_ENVIRONMENTS",
            Self::AdminEnvironments => "ADMIN_ENVIRONMENTS",
            Self::ReadJobs => "READ_JOBS",
            Self::ReadPackages => "READ_PACKAGES",
            Self::AdminPackages => "ADMIN_PACKAGES",
            Self::ReadPipelines => "READ_PIPELINES",
            Self::AdminPipelines => "ADMIN_PIPELINES",
            Self::ReadReleases => "READ_RELEASES",
            Self::AdminReleases => "ADMIN_RELEASES",
            Self::ReadRepositories => "READ_REPOSITORIES",
            Self::ReadSecureFiles => "READ_SECURE_FILES",
            Self::AdminSecureFiles => "ADMIN_SECURE_FILES",
            Self::ReadTerraformState => "READ_TERRAFORM_STATE",
            Self::AdminTerraformState => "ADMIN_TERRAFORM_STATE",
        }
    }

    /// The policy of that name, in either case: GitLab's REST API writes them in lower case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str().eq_ignore_ascii_case(name))
    }

    /// What reads the same resource, if this writes it.
    const fn read(self) -> Option<Self> {
        match self {
            Self::AdminDeployments => Some(Self::ReadDeployments),
            Self::AdminEnvironments => Some(Self::ReadEnvironments),
            Self::AdminPackages => Some(Self::ReadPackages),
            Self::AdminPipelines => Some(Self::ReadPipelines),
            Self::AdminReleases => Some(Self::ReadReleases),
            Self::AdminSecureFiles => Some(Self::ReadSecureFiles),
            Self::AdminTerraformState => Some(Self::ReadTerraformState),
            _ => None,
        }
    }
}

impl fmt::Display for JobPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of policies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct JobPolicySet(u32);

impl JobPolicySet {
    /// The set without a member.
    pub const EMPTY: Self = Self(0);

    /// Adds one policy.
    pub const fn insert(&mut self, policy: JobPolicy) {
        self.0 |= 1 << policy as u8;
    }

    /// Whether the policy is in the set itself.
    #[must_use]
    pub const fn contains(self, policy: JobPolicy) -> bool {
        self.0 >> (policy as u8) & 1 == 1
    }

    /// Whether the set has no member.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The members, in the order of [`JobPolicy::ALL`].
    pub fn iter(self) -> impl Iterator<Item = JobPolicy> {
        JobPolicy::ALL.into_iter().filter(move |policy| self.contains(*policy))
    }

    /// Those of `required` that holders of this set lack. Who may write a resource may read it.
    #[must_use]
    pub fn lacks(self, required: Self) -> Self {
        let held =
            |policy: JobPolicy| self.contains(policy) || self.iter().any(|own| own.read() == Some(policy));
        required.iter().filter(|policy| !held(*policy)).collect()
    }

    /// What either set holds.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<JobPolicy> for JobPolicySet {
    fn from_iter<T: IntoIterator<Item = JobPolicy>>(policies: T) -> Self {
        let mut set = Self::EMPTY;
        policies.into_iter().for_each(|policy| set.insert(policy));
        set
    }
}

/// That an operation takes job tokens, and on what terms. Default permissions admit all such operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobTokenRule {
    /// All of these are needed where the allowlist entry lists policies; without any, each entry will do.
    pub policies: JobPolicySet,
    /// Whether only the job's own project will do.
    pub own_project_only: bool,
    /// Whether that project must let its jobs push.
    pub push: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(policies: &[JobPolicy]) -> JobPolicySet {
        policies.iter().copied().collect()
    }

    #[test]
    fn names_are_gitlabs() {
        for policy in JobPolicy::ALL {
            assert_eq!(JobPolicy::parse(policy.as_str()), Some(policy));
            assert_eq!(JobPolicy::parse(&policy.as_str().to_lowercase()), Some(policy));
        }
        assert_eq!(JobPolicy::parse("READ_EVERYTHING"), None);
    }

    #[test]
    fn who_writes_may_read_and_not_the_other_way_round() {
        let read = set(&[JobPolicy::ReadReleases]);
        let write = set(&[JobPolicy::AdminReleases]);
        assert_eq!(write.lacks(read), JobPolicySet::EMPTY);
        assert_eq!(read.lacks(write), write);
        assert_eq!(
            write.lacks(set(&[JobPolicy::ReadJobs, JobPolicy::ReadReleases])),
            set(&[JobPolicy::ReadJobs])
        );
        assert_eq!(JobPolicySet::EMPTY.lacks(JobPolicySet::EMPTY), JobPolicySet::EMPTY);
    }
}
