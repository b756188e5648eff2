//! Users.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use serde_json::Value;

use crate::forge::Forge;
use crate::http::{ApiError, Call, Reply, json};
use crate::view;

pub(super) fn routes() -> Router<Forge> {
    Router::new().route("/user", get(current)).route("/users", get(list)).route("/users/{id}", get(show))
}

async fn current(call: Call) -> Reply {
    let id = call.viewer.signed_in()?;
    let world = call.forge.world();
    let user = world.users.get(&id).ok_or_else(ApiError::unauthorized)?;
    Ok(json(StatusCode::OK, &view::user_self(call.forge.url(), user)))
}

async fn list(call: Call) -> Reply {
    let username = call.params.text("username");
    if username.is_none() {
        call.viewer.signed_in()?;
    }
    let search = call.params.text("search").map(|text| text.to_lowercase());
    let users: Vec<Value> = {
        let world = call.forge.world();
        let users = world.users.values().rev();
        users
            .filter(|user| username.as_ref().is_none_or(|name| user.username.eq_ignore_ascii_case(name)))
            .filter(|user| {
                search.as_ref().is_none_or(|text| {
                    user.username.contains(text.as_str()) || user.name.to_lowercase().contains(text.as_str())
                })
            })
            .map(|user| view::author(call.forge.url(), user))
            .collect()
    };
    call.page(users)
}

async fn show(Path(id): Path<String>, call: Call) -> Reply {
    call.viewer.signed_in()?;
    let world = call.forge.world();
    let user = id.parse().ok().and_then(|id: u64| world.users.get(&id));
    let user = user.ok_or_else(|| ApiError::not_found("User"))?;
    let full = call.viewer.admin || call.viewer.user == Some(user.id);
    let view =
        if full { view::user_self(call.forge.url(), user) } else { view::user(call.forge.url(), user) };
    Ok(json(StatusCode::OK, &view))
}
