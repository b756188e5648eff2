//! How long a token lives.

use narrowgate_store::time::Date;

use super::error::AuthorityError;
use crate::state::ApiState;

/// The wanted last day, or the default one, if it lies neither in the past nor too far off.
pub(super) fn expiry(
    state: &ApiState,
    wanted: Option<Date>,
    default_days: u32,
) -> Result<Date, AuthorityError> {
    let today = state.store.now().date();
    let last = today.plus_days(state.config.max_lifetime_days);
    let Some(wanted) = wanted else { return Ok(today.plus_days(default_days).min(last)) };
    if wanted < today {
        Err(AuthorityError::invalid("expires_at", "cannot be a date in the past"))
    } else if wanted > last {
        Err(AuthorityError::invalid("expires_at", format!("must be before {}", last.plus_days(1))))
    } else {
        Ok(wanted)
    }
}
