//! A policy as this API reads and shows it.

use narrowgate_store::policies::{PolicyScope, StoredPolicy, TokenPolicy};
use narrowgate_store::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::own::problem::Problem;

/// The most days that a policy speaks of: ten years.
const MOST_DAYS: u32 = 3650;

/// What tokens must keep to. What is absent does not restrict.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenPolicy)]
pub(in crate::own) struct PolicyBody {
    /// How many days a token lives that is made without an expiry.
    #[schema(minimum = 1, maximum = 3650)]
    default_lifetime_days: Option<u32>,
    /// How many days a token may live at most.
    #[schema(minimum = 1, maximum = 3650)]
    maximum_lifetime_days: Option<u32>,
    /// Whether each token must expire.
    #[serde(default)]
    require_expiry: bool,
    /// How many days must pass between two rotations of a token.
    #[schema(minimum = 1, maximum = 3650)]
    minimum_rotation_days: Option<u32>,
    /// After how many days without use a token is revoked.
    #[schema(minimum = 1, maximum = 3650)]
    revoke_unused_after_days: Option<u32>,
    /// From which day on legacy tokens are held to the check of fine-grained ones, and refused.
    #[schema(value_type = Option<String>, format = Date)]
    fine_grained_only_from: Option<String>,
    /// Whether legacy tokens are neither made nor rotated.
    #[serde(default)]
    no_new_legacy: bool,
    /// Whether fine-grained tokens are neither made nor taken yet; for the tenant or an instance.
    #[serde(default)]
    no_fine_grained: bool,
    /// Whether impersonation tokens are neither made nor taken; for the tenant or an instance.
    #[serde(default)]
    no_impersonation: bool,
    /// Whether `fine_grained_only_from` only records what it would refuse.
    #[serde(default)]
    dry_run: bool,
}

/// A policy, what it is for, and what applies there together with the policies around it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Policy)]
pub(in crate::own) struct PolicyView {
    /// The instance that it is for; absent for every one.
    instance_url: Option<String>,
    /// The top-level group that it is for; absent for every one.
    group_id: Option<u64>,
    /// What it says; absent where none is set.
    policy: Option<PolicyBody>,
    /// What applies: the strictest of this policy and of those around it.
    effective: PolicyBody,
    /// When it last changed.
    #[schema(value_type = Option<String>, format = DateTime)]
    updated_at: Option<Timestamp>,
}

impl PolicyView {
    pub(super) fn of(scope: &PolicyScope, stored: Option<StoredPolicy>, effective: &TokenPolicy) -> Self {
        Self {
            instance_url: scope.instance_url.clone(),
            group_id: scope.root_group,
            updated_at: stored.as_ref().map(|stored| stored.updated_at),
            policy: stored.map(|stored| PolicyBody::of(&stored.policy)),
            effective: PolicyBody::of(effective),
        }
    }
}

impl PolicyBody {
    pub(super) fn of(policy: &TokenPolicy) -> Self {
        Self {
            default_lifetime_days: policy.default_lifetime_days,
            maximum_lifetime_days: policy.maximum_lifetime_days,
            require_expiry: policy.require_expiry,
            minimum_rotation_days: policy.minimum_rotation_days,
            revoke_unused_after_days: policy.revoke_unused_after_days,
            fine_grained_only_from: policy.fine_grained_only_from.map(|day| day.to_string()),
            no_new_legacy: policy.no_new_legacy,
            no_fine_grained: policy.no_fine_grained,
            no_impersonation: policy.no_impersonation,
            dry_run: policy.dry_run,
        }
    }

    /// The policy, if it makes sense.
    pub(super) fn read(&self) -> Result<TokenPolicy, Problem> {
        for (name, days) in [
            ("default_lifetime_days", self.default_lifetime_days),
            ("maximum_lifetime_days", self.maximum_lifetime_days),
            ("minimum_rotation_days", self.minimum_rotation_days),
            ("revoke_unused_after_days", self.revoke_unused_after_days),
        ] {
            if days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
                return Err(Problem::invalid(format!("{name} must be between 1 and {MOST_DAYS}")));
            }
        }
        let exceeds = |most: u32| self.default_lifetime_days.is_some_and(|days| days > most);
        if self.maximum_lifetime_days.is_some_and(exceeds) {
            return Err(Problem::invalid("default_lifetime_days exceeds maximum_lifetime_days"));
        }
        let day = self.fine_grained_only_from.as_deref().map(Date::parse).transpose();
        Ok(TokenPolicy {
            default_lifetime_days: self.default_lifetime_days,
            maximum_lifetime_days: self.maximum_lifetime_days,
            require_expiry: self.require_expiry,
            minimum_rotation_days: self.minimum_rotation_days,
            revoke_unused_after_days: self.revoke_unused_after_days,
            fine_grained_only_from: day
                .map_err(|error| Problem::invalid(format!("fine_grained_only_from: {error}")))?,
            no_new_legacy: self.no_new_legacy,
            no_fine_grained: self.no_fine_grained,
            no_impersonation: self.no_impersonation,
            dry_run: self.dry_run,
        })
    }
}
