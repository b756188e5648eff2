//! Which path is answered by which file.

use axum::Router;
use axum::routing::{MethodRouter, get, post};

use crate::personal_tokens::{
    associations, create, create_for_user, list, revoke, revoke_self, rotate, rotate_self, show, show_self,
};
use crate::state::ApiState;
use crate::wire::Problem;

/// The paths, as the catalogue writes them.
const TEMPLATES: [&str; 8] = [
    "/user/personal_access_tokens",
    "/users/:user_id/personal_access_tokens",
    "/personal_access_tokens",
    "/personal_access_tokens/self",
    "/personal_access_tokens/self/rotate",
    "/personal_access_tokens/self/associations",
    "/personal_access_tokens/:id",
    "/personal_access_tokens/:id/rotate",
];

/// Whether the operation with this template (without `/api/v4`) is answered here and never forwarded.
#[must_use]
pub fn serves(template: &str) -> bool {
    TEMPLATES.contains(&template)
}

/// The control plane's paths. Each request carries a [`Caller`](crate::Caller) as an extension.
pub fn router(state: ApiState) -> Router {
    let routes: [(&str, MethodRouter<ApiState>); 8] = [
        ("/user/personal_access_tokens", post(create::handle)),
        ("/users/{user_id}/personal_access_tokens", post(create_for_user::handle)),
        ("/personal_access_tokens", get(list::handle)),
        ("/personal_access_tokens/self", get(show_self::handle).delete(revoke_self::handle)),
        ("/personal_access_tokens/self/rotate", post(rotate_self::handle)),
        ("/personal_access_tokens/self/associations", get(associations::handle)),
        ("/personal_access_tokens/{id}", get(show::handle).delete(revoke::handle)),
        ("/personal_access_tokens/{id}/rotate", post(rotate::handle)),
    ];
    routes
        .into_iter()
        // GitLab ignores one slash at the end.
        .fold(Router::new(), |router, (path, methods)| {
            let path = format!("/api/v4{path}");
            router.route(&format!("{path}/"), methods.clone()).route(&path, methods)
        })
        .fallback(async || Problem::no_such_route())
        .method_not_allowed_fallback(async || Problem::no_such_method())
        .with_state(state)
}
