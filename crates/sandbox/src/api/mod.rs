//! The REST API: one resource a file. What no file serves is answered by `echo`.

mod echo;
mod graphql;
mod groups;
mod issues;
mod members;
mod namespaces;
mod notes;
mod projects;
mod resource;
mod tokens;
mod users;
mod version;

use axum::Router;

use crate::forge::Forge;

pub(crate) use graphql::graphql;

/// All endpoints below `/api/v4`.
pub(crate) fn routes() -> Router<Forge> {
    Router::new()
        .merge(version::routes())
        .merge(users::routes())
        .merge(tokens::routes())
        .merge(projects::routes())
        .merge(groups::routes())
        .merge(members::routes())
        .merge(namespaces::routes())
        .merge(issues::routes())
        .merge(notes::routes())
        .fallback(echo::echo)
        .method_not_allowed_fallback(echo::echo)
}
