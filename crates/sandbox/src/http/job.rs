//! What a job's token opens: the endpoints that the catalogue opens to jobs, with the rights of the job's user.

use ::http::Method;
use narrowgate_catalog::{Catalog, Match, Method as Verb, Params};

use super::viewer::Viewer;

/// The viewer as the endpoint takes it: whoever comes with a job's token is nobody where no such token is taken.
pub(super) fn admit(viewer: Viewer, method: &Method, path: &str) -> Viewer {
    if is_open(method, path) { viewer } else { Viewer::default() }
}

fn is_open(method: &Method, path: &str) -> bool {
    let path = path.strip_prefix("/api/v4").unwrap_or(path);
    let mut params = Params::default();
    let verb = Verb::try_from(method.as_str());
    let found = verb.map(|verb| Catalog::embedded().classify(verb, path, &mut params));
    matches!(found, Ok(Match::Operation(operation)) if operation.job_token.is_some())
}
