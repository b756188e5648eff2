//! Which path is answered by which file.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::Router;
use axum::middleware::from_fn;
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::policies::wide::{instance, tenant};
use super::problem::Problem;
use super::state::OwnState;
use super::{
    allowlist, audit, calendar, docs, document, explain, job_tokens, leaks, needs, policies, tokens, webhooks,
};
use crate::request_id;

/// The paths that answer anybody.
const OPEN: [&str; 3] =
    ["/api/narrowgate/v1/docs", "/api/narrowgate/v1/openapi.json", "/api/narrowgate/v1/leaks"];

/// The paths as the catalogue writes them.
static TEMPLATES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let document = document();
    document.paths.paths.keys().map(|path| path.replace('{', ":").replace('}', "")).collect()
});

/// Whether the operation with this template is answered here.
#[must_use]
pub fn serves(template: &str) -> bool {
    TEMPLATES.contains(template)
}

/// Whether the operation with this template answers anybody: its handler takes a [`Peer`](super::Peer) in the place of a
/// caller.
#[must_use]
pub fn is_open(template: &str) -> bool {
    OPEN.contains(&template)
}

/// The paths of this API. Each request carries a [`Caller`](crate::Caller) as an extension, or a [`Peer`](super::Peer) where
/// the path [is open](is_open).
pub fn router(state: OwnState) -> Router {
    let (router, _) = described().split_for_parts();
    router
        .fallback(async || Problem::not_found("path"))
        .method_not_allowed_fallback(async || {
            let detail = "the path does not take this method";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        })
        .with_state(state)
        .layer(from_fn(request_id::name))
}

/// The handlers with their descriptions.
pub(super) fn described() -> OpenApiRouter<OwnState> {
    OpenApiRouter::new()
        .routes(routes!(tokens::list::handle))
        .routes(routes!(tokens::show::handle, tokens::edit::handle))
        .routes(routes!(tokens::reach::handle))
        .routes(routes!(explain::request::handle))
        .routes(routes!(explain::document::handle))
        .routes(routes!(needs::request::handle))
        .routes(routes!(needs::document::handle))
        .routes(routes!(tokens::bulk_revoke::handle))
        .routes(routes!(policies::list::handle))
        .routes(routes!(policies::dry_run::handle))
        .routes(routes!(tenant::show, tenant::put, tenant::remove))
        .routes(routes!(instance::show, instance::put, instance::remove))
        .routes(routes!(policies::group::show, policies::group::put, policies::group::remove))
        .routes(routes!(job_tokens::issue::handle))
        .routes(routes!(job_tokens::end::handle))
        .routes(routes!(allowlist::show::handle, allowlist::put::handle))
        .routes(routes!(webhooks::list::handle, webhooks::create::handle))
        .routes(routes!(webhooks::show::handle, webhooks::update::handle, webhooks::remove::handle))
        .routes(routes!(webhooks::test::handle))
        .routes(routes!(audit::list::handle))
        .routes(routes!(audit::verify::handle))
        .routes(routes!(audit::export::handle))
        .routes(routes!(leaks::report::handle))
        .routes(routes!(calendar::handle))
        .routes(routes!(document::handle))
        .routes(routes!(docs::handle))
}
