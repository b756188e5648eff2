//! Projects and groups that requests name by number or path.

use std::sync::Arc;

use narrowgate_gitlab::{GroupFacts, ProjectFacts, Reference};
use narrowgate_store::connections::Connection;

use super::problem::Problem;
use super::state::OwnState;

/// The project as the connection's user sees it.
pub(super) async fn project(
    state: &OwnState,
    connection: &Connection,
    text: &str,
) -> Result<Arc<ProjectFacts>, Problem> {
    let reference = reference(text, "project")?;
    let found = state.api.containers.project(connection, &reference).await?;
    found.ok_or_else(|| Problem::not_found("project"))
}

/// The group as the connection's user sees it.
pub(super) async fn group(
    state: &OwnState,
    connection: &Connection,
    text: &str,
) -> Result<Arc<GroupFacts>, Problem> {
    let reference = reference(text, "group")?;
    let found = state.api.containers.group(connection, &reference).await?;
    found.ok_or_else(|| Problem::not_found("group"))
}

fn reference(text: &str, what: &str) -> Result<Reference, Problem> {
    Reference::parse_decoded(text).map_err(|_| Problem::not_found(what))
}
