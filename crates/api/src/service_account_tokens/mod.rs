//! Tokens of groups' and projects' service accounts, one file per verb for both.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod revoke;
pub(crate) mod rotate;

use crate::authority::{Place, ServiceAccount, service_account};
use crate::caller::Caller;
use crate::personal_tokens::number;
use crate::state::ApiState;
use crate::wire::Problem;

/// The account in the path.
async fn account(
    state: &ApiState,
    caller: &Caller,
    place: Place,
    user_id: &str,
) -> Result<ServiceAccount, Problem> {
    Ok(service_account(state, caller, place, number(user_id, "user_id")?).await?)
}
