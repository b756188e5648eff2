//! Policies: what tokens of a tenant, an instance or a top-level group must keep to.

use async_trait::async_trait;

use crate::error::StoreError;
use crate::ids::TenantId;
use crate::time::Timestamp;

mod policy;

pub use policy::{ParsePolicyError, TokenPolicy};

/// What a policy is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyScope {
    /// Whose it is.
    pub tenant: TenantId,
    /// For tokens on this instance only.
    pub instance_url: Option<String>,
    /// For what lies in this top-level group only; needs an instance.
    pub root_group: Option<u64>,
}

impl PolicyScope {
    /// All of a tenant's tokens.
    #[must_use]
    pub const fn tenant(tenant: TenantId) -> Self {
        Self { tenant, instance_url: None, root_group: None }
    }

    /// Tokens on an instance.
    #[must_use]
    pub fn instance(tenant: TenantId, instance_url: impl Into<String>) -> Self {
        Self { tenant, instance_url: Some(instance_url.into()), root_group: None }
    }

    /// What lies in a top-level group of an instance.
    #[must_use]
    pub fn group(tenant: TenantId, instance_url: impl Into<String>, root_group: u64) -> Self {
        Self { tenant, instance_url: Some(instance_url.into()), root_group: Some(root_group) }
    }
}

/// A policy and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPolicy {
    /// What it is for.
    pub scope: PolicyScope,
    /// What it says.
    pub policy: TokenPolicy,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Stores policies.
#[async_trait]
pub trait PolicyRepository: Send + Sync {
    /// The policy of exactly that scope.
    async fn lookup(&self, scope: &PolicyScope) -> Result<Option<StoredPolicy>, StoreError>;

    /// Every policy of a tenant, the wider scopes first.
    async fn list(&self, tenant: TenantId) -> Result<Vec<StoredPolicy>, StoreError>;

    /// Sets the policy of a scope.
    async fn put(&self, scope: &PolicyScope, policy: &TokenPolicy, at: Timestamp) -> Result<(), StoreError>;

    /// Removes the policy of a scope. `false` when there is none.
    async fn remove(&self, scope: &PolicyScope, at: Timestamp) -> Result<bool, StoreError>;

    /// What applies within a scope: the strictest of its own policy and of those of the scopes around it.
    async fn effective(&self, scope: &PolicyScope) -> Result<TokenPolicy, StoreError> {
        let all = self.list(scope.tenant).await?;
        Ok(all
            .into_iter()
            .filter(|stored| stored.scope.contains(scope))
            .fold(TokenPolicy::default(), |strictest, stored| strictest.and(&stored.policy)))
    }
}

impl PolicyScope {
    /// Whether what lies in `inner` lies in this scope too.
    #[must_use]
    pub fn contains(&self, inner: &Self) -> bool {
        self.tenant == inner.tenant
            && (self.instance_url.is_none() || self.instance_url == inner.instance_url)
            && (self.root_group.is_none() || self.root_group == inner.root_group)
    }
}
