//! From a line to its operation.

use anyhow::Result;
use narrowgate_catalog::{Catalog, Match, Method, Operation, Params};

use super::answer::Answer;
use crate::request_line;

/// Answers one line: a method, blanks, and a path or one of GitLab's own templates.
pub(super) fn ask(catalog: &Catalog, line: &str) -> Result<Answer> {
    let (method, path) = request_line::split(line)?;
    let Ok(known) = Method::try_from(method) else {
        return Ok(Answer::uncovered(method, path, "not a method of GitLab's API"));
    };
    let below = below_api(path);
    if let Some(operation) = by_template(catalog, known, below) {
        return Ok(Answer::covered(catalog, method, path, operation));
    }
    Ok(match catalog.classify(known, below, &mut Params::new()) {
        Match::Operation(operation) => Answer::covered(catalog, method, path, operation),
        Match::Ambiguous(_) => Answer::uncovered(
            method,
            path,
            "ambiguous: GitLab would cut the suffix off and read another path",
        ),
        Match::Uncovered => Answer::uncovered(method, path, "no catalogue file names this operation"),
    })
}

/// The path without `/api/v4` in front and without its query.
fn below_api(path: &str) -> &str {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    path.strip_prefix("/api/v4").filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

/// A template copied from GitLab's documentation stands for itself, optional parts and all.
fn by_template<'c>(catalog: &'c Catalog, method: Method, path: &str) -> Option<&'c Operation> {
    let is_template = path.contains([':', '*', '(']);
    catalog
        .operations()
        .filter(|_| is_template)
        .find(|operation| operation.method == method && operation.template == path)
}
