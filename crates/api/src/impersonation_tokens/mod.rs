//! Impersonation tokens, for administrators, one file per verb.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod revoke;
pub(crate) mod show;

use std::sync::Arc;

use narrowgate_store::connections::Connection;

use crate::authority::connection_of;
use crate::caller::Caller;
use crate::personal_tokens::number;
use crate::state::ApiState;
use crate::wire::Problem;

/// The connection of the user in the path.
async fn user(state: &ApiState, caller: &Caller, user_id: &str) -> Result<Arc<Connection>, Problem> {
    // Whoever is no administrator learns nothing about users.
    if !caller.is_administrator() {
        return Err(Problem::forbidden());
    }
    Ok(connection_of(state, caller, number(user_id, "user_id")?).await?)
}
