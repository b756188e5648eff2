//! `GET /personal_access_tokens/self/associations`: the owner's groups and projects that the token reaches
//!
//! Put together from the instance's lists of groups and projects, which every version has. What the token's grants do
//! not reach is left out, so a page may hold less than `per_page`.

mod body;
mod reach;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use narrowgate_gitlab::{GitlabError, Reference};
use serde::de::DeserializeOwned;

use crate::caller::Caller;
use crate::containers::ContainersError;
use crate::state::ApiState;
use crate::wire::{PageRequest, Params, Problem};
use body::{Associations, Group, GroupSource, Project, ProjectSource};
use reach::Reach;

const LEVELS: [u64; 8] = [5, 10, 15, 20, 25, 30, 40, 50];
/// GitLab's own default: guests.
const DEFAULT_LEVEL: u64 = 10;

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    mut params: Params,
) -> Result<Response, Problem> {
    let level = params.number("min_access_level").unwrap_or(DEFAULT_LEVEL);
    if !LEVELS.contains(&level) {
        params.complain("min_access_level does not have a valid value");
    }
    let page = PageRequest::read(&mut params).query();
    params.finish()?;
    let reach = Reach::new(&state, &caller);
    let query = format!("min_access_level={level}&order_by=id&sort=asc&{page}");
    let groups = groups(&state, &caller, &reach, &query).await?;
    let projects = projects(&state, &caller, &reach, &query).await?;
    Ok(Json(Associations { groups, projects }).into_response())
}

async fn groups(
    state: &ApiState,
    caller: &Caller,
    reach: &Reach,
    query: &str,
) -> Result<Vec<Group>, ContainersError> {
    let listed: Vec<GroupSource> = list(state, caller, &format!("/groups?{query}")).await?;
    let mut groups = Vec::with_capacity(listed.len());
    for group in listed {
        let Some(facts) = state.containers.group(&caller.connection, &Reference::Id(group.id)).await? else {
            continue;
        };
        if reach.group(&facts) {
            groups.push(Group::of(group, facts.role));
        }
    }
    Ok(groups)
}

async fn projects(
    state: &ApiState,
    caller: &Caller,
    reach: &Reach,
    query: &str,
) -> Result<Vec<Project>, ContainersError> {
    let path = format!("/projects?membership=true&{query}");
    let listed: Vec<ProjectSource> = list(state, caller, &path).await?;
    let mut projects = Vec::with_capacity(listed.len());
    for project in listed {
        let Some(facts) = state.containers.project(&caller.connection, &Reference::Id(project.id)).await?
        else {
            continue;
        };
        if reach.project(&facts) {
            projects.push(Project::of(project));
        }
    }
    Ok(projects)
}

async fn list<T: DeserializeOwned>(
    state: &ApiState,
    caller: &Caller,
    path: &str,
) -> Result<Vec<T>, ContainersError> {
    let answer = state.containers.get_json(&caller.connection, path).await?;
    let malformed = || GitlabError::Malformed { what: "a list of groups or projects".to_owned() };
    let answer = answer.ok_or_else(malformed)?;
    Ok(serde_json::from_value(answer).map_err(|_| malformed())?)
}
