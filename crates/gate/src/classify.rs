//! Step 4: which operation a request is, and that nothing in it says otherwise.

mod carrier;
pub(crate) mod content;
mod graphql;
pub(crate) mod inspect;
mod json_keys;
mod lfs;
mod multipart;
pub(crate) mod names;
pub(crate) mod repository;
pub(crate) mod scan;
pub(crate) mod values;

use std::borrow::Cow;

use http::request::Parts;
use narrowgate_catalog::{Catalog, Match, Method, Operation, Params, Surface};
use narrowgate_policy::Reason;

use crate::receive::Violation;
use crate::refusal::Refusal;
pub(crate) use carrier::carries;
pub(crate) use lfs::service as batch_service;
pub(crate) use repository::{Repository, RepositoryRoute};

const API: &str = "/api/v4";
/// Narrowgate's own API.
const OWN_API: &str = "/api/narrowgate/";

/// What a path and method name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Route<'p> {
    /// A REST operation and the values of its path parameters.
    Rest(&'static Operation, Params<'p>),
    /// A service of a Git repository; for LFS batches the body decides which one.
    Repository(RepositoryRoute<'p>),
    /// GraphQL.
    Graphql,
}

/// The interface that a path belongs to, whether or not it is covered.
pub(crate) fn surface(path: &str) -> Surface {
    if path.starts_with("/api/scim/") {
        Surface::Scim
    } else if path.starts_with(OWN_API) {
        Surface::Narrowgate
    } else if path.starts_with("/api/") || path.starts_with("/-/") {
        Surface::Rest
    } else if repository::is_lfs(path) {
        Surface::Lfs
    } else if repository::is_git(path) {
        Surface::Git
    } else {
        Surface::Rest
    }
}

/// The path as the routes are matched on it: GitLab takes `%2E` for a dot, also where it cuts off suffixes.
pub(crate) fn readable(path: &str) -> Cow<'_, str> {
    if memchr::memchr(b'%', path.as_bytes()).is_some() && (path.contains("%2E") || path.contains("%2e")) {
        Cow::Owned(path.replace("%2E", ".").replace("%2e", "."))
    } else {
        Cow::Borrowed(path)
    }
}

/// Finds the operation of a request by its head.
///
/// # Errors
///
/// What the catalogue doesn't cover, and what can be read in two ways.
pub(crate) fn route<'p>(
    catalog: &'static Catalog,
    method: Method,
    head: &Parts,
    path: &'p str,
) -> Result<Route<'p>, Refusal> {
    if path == "/api/graphql" {
        return graphql::route(method);
    }
    match path.strip_prefix(API) {
        Some(rest) if rest.starts_with('/') => rest_route(catalog, method, rest, false),
        _ if path.starts_with("/api/scim/") || path.starts_with(OWN_API) => {
            rest_route(catalog, method, path, true)
        }
        _ => repository::route(method, head, path).map(Route::Repository),
    }
}

fn rest_route<'p>(
    catalog: &'static Catalog,
    method: Method,
    path: &'p str,
    is_rooted: bool,
) -> Result<Route<'p>, Refusal> {
    let mut params = Params::new();
    match catalog.classify(method, path, &mut params) {
        // The two kinds of template begin at different places: one must not answer for the other.
        Match::Operation(operation) if is_below_root(operation.surface) != is_rooted => {
            Err(Refusal::reason(Reason::NotCovered))
        }
        Match::Operation(operation) => Ok(Route::Rest(operation, params)),
        Match::Ambiguous(_) => Err(Violation::FormatSuffix.into()),
        Match::Uncovered => Err(Refusal::reason(Reason::NotCovered)),
    }
}

/// Whether the surface's templates begin at the root, and not below `/api/v4`.
const fn is_below_root(surface: Surface) -> bool {
    matches!(surface, Surface::Scim | Surface::Narrowgate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surfaces_are_told_by_the_path() {
        for (path, expected) in [
            ("/api/v4/projects", Surface::Rest),
            ("/api/graphql", Surface::Rest),
            ("/api/narrowgate/v1/tokens", Surface::Narrowgate),
            ("/acme/web.git/info/refs", Surface::Git),
            ("/acme/web.git/git-upload-pack", Surface::Git),
            ("/acme/web.git/info/lfs/objects/batch", Surface::Lfs),
            ("/acme/web.git/gitlab-lfs/objects/abc", Surface::Lfs),
            ("/acme/web/-/issues", Surface::Rest),
        ] {
            assert_eq!(surface(path), expected, "{path}");
        }
    }

    #[test]
    fn encoded_dots_are_dots() {
        assert_eq!(readable("/api/v4/projects/1%2Ejson"), "/api/v4/projects/1.json");
        assert!(matches!(readable("/api/v4/projects/a%2Fb"), Cow::Borrowed(_)));
    }
}
