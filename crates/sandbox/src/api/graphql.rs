//! GraphQL: enough to see that a request arrived, and as whom.

use ::http::StatusCode;
use serde_json::{Value, json};

use crate::http::{Call, Reply, json as answer};

/// Answers every query with the current user.
pub(crate) async fn graphql(call: Call) -> Reply {
    let world = call.forge.world();
    let user = call.viewer.user.and_then(|id| world.users.get(&id));
    let current = user.map_or(Value::Null, |user| {
        json!({ "id": format!("gid://gitlab/User/{}", user.id), "username": user.username, "name": user.name })
    });
    Ok(answer(StatusCode::OK, &json!({ "data": { "currentUser": current } })))
}
