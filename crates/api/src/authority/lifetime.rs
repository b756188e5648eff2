//! How long a token lives.

use narrowgate_store::policies::TokenPolicy;
use narrowgate_store::time::Date;

use super::error::AuthorityError;
use crate::state::ApiState;

/// When a token shall expire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expiry {
    /// After the usual time.
    #[default]
    Default,
    /// Never, where that is allowed; otherwise after the usual time, as on GitLab.
    Never,
    /// On the day that the rotated token would have expired on; after the usual time for a new one.
    Kept,
    /// On this day.
    On(Date),
}

impl From<Option<Date>> for Expiry {
    fn from(date: Option<Date>) -> Self {
        date.map_or(Self::Default, Self::On)
    }
}

/// How long tokens live where nothing is said, and at most.
pub(super) struct Bounds {
    default_days: u32,
    longest_days: Option<u32>,
    must_end: bool,
}

impl Bounds {
    /// For new tokens.
    pub(super) fn of_new(state: &ApiState, policy: &TokenPolicy) -> Self {
        let default_days = policy.default_lifetime_days.unwrap_or(state.config.default_lifetime_days);
        Self::with(state, policy, default_days)
    }

    /// For those that take a rotated token's place.
    pub(super) fn of_rotated(state: &ApiState, policy: &TokenPolicy) -> Self {
        Self::with(state, policy, state.config.rotated_lifetime_days)
    }

    fn with(state: &ApiState, policy: &TokenPolicy, default_days: u32) -> Self {
        // No maximum is configured as zero.
        let configured = Some(state.config.max_lifetime_days).filter(|days| *days > 0);
        let longest_days = [configured, policy.maximum_lifetime_days].into_iter().flatten().min();
        Self { default_days, longest_days, must_end: policy.require_expiry || longest_days.is_some() }
    }

    /// The wanted last day, or the default one, if it lies neither in the past nor too far off.
    pub(super) fn expiry(
        &self,
        today: Date,
        wanted: Expiry,
        rotated: Option<Date>,
    ) -> Result<Option<Date>, AuthorityError> {
        let last = self.longest_days.map(|days| today.plus_days(days));
        let bounded = |date: Date| last.map_or(date, |last| date.min(last));
        match wanted {
            Expiry::On(date) if date < today => {
                Err(AuthorityError::invalid("expires_at", "cannot be a date in the past"))
            }
            Expiry::On(date) => match last.filter(|last| date > *last) {
                Some(last) => {
                    let text = format!("must be before {}", last.plus_days(1));
                    Err(AuthorityError::invalid("expires_at", text))
                }
                None => Ok(Some(date)),
            },
            Expiry::Kept if rotated.is_some() => Ok(rotated.map(bounded)),
            Expiry::Never | Expiry::Kept if !self.must_end => Ok(None),
            Expiry::Default | Expiry::Never | Expiry::Kept => {
                Ok(Some(bounded(today.plus_days(self.default_days))))
            }
        }
    }
}
