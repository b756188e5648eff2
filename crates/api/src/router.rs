//! Which path is answered by which file.

use std::collections::HashSet;
use std::sync::LazyLock;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{MethodRouter, delete, get, post};

use crate::personal_tokens::{
    associations, create, create_for_user, list, revoke, revoke_self, rotate, rotate_self, show, show_self,
};
use crate::state::ApiState;
use crate::wire::Problem;
use crate::{
    bot_user, enterprise_tokens, graphql, impersonation_tokens, request_id, resource_tokens,
    service_account_tokens,
};

/// The paths, without `/api/v4`, as the catalogue writes them, and what answers them.
fn routes() -> Vec<(&'static str, MethodRouter<ApiState>)> {
    let mut routes = vec![
        ("/user/personal_access_tokens", post(create::handle)),
        ("/users/:user_id/personal_access_tokens", post(create_for_user::handle)),
        ("/personal_access_tokens", get(list::handle)),
        ("/personal_access_tokens/self", get(show_self::handle).delete(revoke_self::handle)),
        ("/personal_access_tokens/self/rotate", post(rotate_self::handle)),
        ("/personal_access_tokens/self/associations", get(associations::handle)),
        ("/personal_access_tokens/:id", get(show::handle).delete(revoke::handle)),
        ("/personal_access_tokens/:id/rotate", post(rotate::handle)),
    ];
    routes.extend({
        use impersonation_tokens::{create, list, revoke, show};
        [
            ("/users/:user_id/impersonation_tokens", get(list::handle).post(create::handle)),
            (
                "/users/:user_id/impersonation_tokens/:impersonation_token_id",
                get(show::handle).delete(revoke::handle),
            ),
        ]
    });
    routes.extend({
        use resource_tokens::{create, list, revoke, rotate, rotate_self, show};
        [
            ("/projects/:id/access_tokens", get(list::handle).post(create::handle)),
            ("/projects/:id/access_tokens/:token_id", get(show::handle).delete(revoke::handle)),
            ("/projects/:id/access_tokens/:token_id/rotate", post(rotate::handle)),
            ("/projects/:id/access_tokens/self/rotate", post(rotate_self::handle)),
            ("/groups/:id/access_tokens", get(list::handle).post(create::handle)),
            ("/groups/:id/access_tokens/:token_id", get(show::handle).delete(revoke::handle)),
            ("/groups/:id/access_tokens/:token_id/rotate", post(rotate::handle)),
            ("/groups/:id/access_tokens/self/rotate", post(rotate_self::handle)),
        ]
    });
    routes.extend({
        use service_account_tokens::{create, list, revoke, rotate};
        [
            (
                "/projects/:id/service_accounts/:user_id/personal_access_tokens",
                get(list::handle).post(create::handle),
            ),
            (
                "/projects/:id/service_accounts/:user_id/personal_access_tokens/:token_id",
                delete(revoke::handle),
            ),
            (
                "/projects/:id/service_accounts/:user_id/personal_access_tokens/:token_id/rotate",
                post(rotate::handle),
            ),
            (
                "/groups/:id/service_accounts/:user_id/personal_access_tokens",
                get(list::handle).post(create::handle),
            ),
            (
                "/groups/:id/service_accounts/:user_id/personal_access_tokens/:token_id",
                delete(revoke::handle),
            ),
            (
                "/groups/:id/service_accounts/:user_id/personal_access_tokens/:token_id/rotate",
                post(rotate::handle),
            ),
        ]
    });
    routes.extend([
        ("/groups/:id/manage/personal_access_tokens/:pat_id/rotate", post(enterprise_tokens::rotate)),
        ("/groups/:id/manage/resource_access_tokens/:prat_id/rotate", post(enterprise_tokens::rotate)),
    ]);
    routes
}

/// Whether the operation with this template (without `/api/v4`) is answered here and never forwarded.
#[must_use]
pub fn serves(template: &str) -> bool {
    // Asked for every request that the gate sees.
    static TEMPLATES: LazyLock<HashSet<&'static str>> =
        LazyLock::new(|| routes().into_iter().map(|(template, _)| template).collect());
    TEMPLATES.contains(template)
}

/// Whether the operation is about the very token that it is asked with. Of a token that Narrowgate did not make, only the
/// instance can tell: such a request is to be forwarded with the credential that it came with.
#[must_use]
pub fn concerns_presented_token(template: &str) -> bool {
    template.starts_with("/personal_access_tokens/self") || template.ends_with("/access_tokens/self/rotate")
}

/// The control plane's paths. Each request carries a [`Caller`](crate::Caller) as an extension.
pub fn router(state: ApiState) -> Router {
    routes()
        .into_iter()
        // GitLab ignores one slash at the end.
        .fold(Router::new(), |router, (path, methods)| {
            let path = format!("/api/v4{}", in_braces(path));
            router.route(&format!("{path}/"), methods.clone()).route(&path, methods)
        })
        .route("/api/graphql", post(graphql::handle))
        // A person's own page is the instance's to show: the gate comes here for bots, which the instance does not know.
        .route("/api/v4/user", get(bot_user::handle))
        .fallback(async || Problem::no_such_route())
        .method_not_allowed_fallback(async || Problem::no_such_method())
        .with_state(state)
        .layer(from_fn(request_id::name))
}

/// `/users/:user_id` as axum writes it: `/users/{user_id}`.
fn in_braces(template: &str) -> String {
    let segment = |segment: &str| match segment.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => segment.to_owned(),
    };
    template.split('/').map(segment).collect::<Vec<_>>().join("/")
}
