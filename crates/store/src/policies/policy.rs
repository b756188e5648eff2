//! What a policy says.

use serde::{Deserialize, Serialize};

use super::PolicyScope;
use crate::time::{Date, Timestamp};

/// What tokens must keep to. What is absent does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenPolicy {
    /// How many days a token lives that is made without an expiry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_lifetime_days: Option<u32>,
    /// How many days a token may live at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_lifetime_days: Option<u32>,
    /// Whether each token must expire.
    #[serde(skip_serializing_if = "is_false")]
    pub require_expiry: bool,
    /// How many days must pass between two rotations of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_rotation_days: Option<u32>,
    /// After how many days without use a token is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoke_unused_after_days: Option<u32>,
    /// From which day on legacy tokens are held to the check of fine-grained ones, and refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine_grained_only_from: Option<Date>,
    /// Whether legacy tokens are neither made nor rotated.
    #[serde(skip_serializing_if = "is_false")]
    pub no_new_legacy: bool,
    /// Whether fine-grained tokens are neither made nor taken yet; for a tenant or an instance.
    #[serde(skip_serializing_if = "is_false")]
    pub no_fine_grained: bool,
    /// Whether impersonation tokens are neither made nor taken; for a tenant or an instance.
    #[serde(skip_serializing_if = "is_false")]
    pub no_impersonation: bool,
    /// Whether [`Self::fine_grained_only_from`] only records what it would refuse.
    #[serde(skip_serializing_if = "is_false")]
    pub dry_run: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// Why a text is no policy.
#[derive(Debug, thiserror::Error)]
#[error("not a policy: {0}")]
pub struct ParsePolicyError(#[from] serde_json::Error);

impl TokenPolicy {
    /// Reads a policy from JSON.
    ///
    /// # Errors
    /// When it is none, or says something that this version does not know.
    pub fn parse(text: &str) -> Result<Self, ParsePolicyError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The strictest of both. Where only one of two enforcements is a dry run, the real one holds from its own day on.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let (fine_grained_only_from, dry_run) = strictest_enforcement(self, other);
        Self {
            default_lifetime_days: least(self.default_lifetime_days, other.default_lifetime_days),
            maximum_lifetime_days: least(self.maximum_lifetime_days, other.maximum_lifetime_days),
            require_expiry: self.require_expiry || other.require_expiry,
            minimum_rotation_days: self.minimum_rotation_days.max(other.minimum_rotation_days),
            revoke_unused_after_days: least(self.revoke_unused_after_days, other.revoke_unused_after_days),
            fine_grained_only_from,
            no_new_legacy: self.no_new_legacy || other.no_new_legacy,
            no_fine_grained: self.no_fine_grained || other.no_fine_grained,
            no_impersonation: self.no_impersonation || other.no_impersonation,
            dry_run,
        }
    }

    /// Whether it can be the policy of a scope: what is decided before the place of a request is known is not a group's.
    #[must_use]
    pub const fn suits(&self, scope: &PolicyScope) -> bool {
        scope.root_group.is_none() || !(self.no_fine_grained || self.no_impersonation)
    }

    /// Whether legacy tokens are held to the check of fine-grained ones at a time, be it in a dry run.
    #[must_use]
    pub fn enforces(&self, now: Timestamp) -> bool {
        self.fine_grained_only_from.is_some_and(|day| day.midnight() <= now)
    }
}

fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn strictest_enforcement(one: &TokenPolicy, other: &TokenPolicy) -> (Option<Date>, bool) {
    let real = |policy: &TokenPolicy| policy.fine_grained_only_from.filter(|_| !policy.dry_run);
    match least(real(one), real(other)) {
        Some(day) => (Some(day), false),
        None => {
            (least(one.fine_grained_only_from, other.fine_grained_only_from), one.dry_run || other.dry_run)
        }
    }
}
