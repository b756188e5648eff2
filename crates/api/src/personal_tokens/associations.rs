//! `GET /personal_access_tokens/self/associations`: the owner's groups and projects that the token reaches

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use narrowgate_gitlab::GitlabError;
use narrowgate_policy::Access;
use narrowgate_store::tokens::TokenPrivileges;
use serde_json::{Map, Value};

use crate::authority::plain_grants;
use crate::caller::Caller;
use crate::containers::ContainersError;
use crate::state::ApiState;
use crate::wire::{PageRequest, Params, Problem};

const LEVELS: [u64; 8] = [5, 10, 15, 20, 25, 30, 40, 50];

/// The instance answers for the connection's user; what the token's grants do not reach is left out, so a page may
/// hold less than `per_page`.
pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    mut params: Params,
) -> Result<Response, Problem> {
    let level = params.number("min_access_level");
    if level.is_some_and(|level| !LEVELS.contains(&level)) {
        params.complain("min_access_level does not have a valid value");
    }
    let page = PageRequest::read(&mut params);
    params.finish()?;
    let level = level.map(|level| format!("&min_access_level={level}")).unwrap_or_default();
    let path = format!("/personal_access_tokens/self/associations?{}{level}", page.query());
    let answer = state.containers.get_json(&caller.connection, &path).await?;
    let Some(answer) = answer else { return Err(Problem::not_found("Not Found")) };
    let accesses = accesses(&state, &caller);
    let body = match accesses {
        None => answer,
        Some(accesses) => filter(&state, &caller, &accesses, answer).await?,
    };
    Ok(Json(body).into_response())
}

/// Where the token's grants apply; none for a token that is not fine-grained.
fn accesses(state: &ApiState, caller: &Caller) -> Option<Vec<Access>> {
    match &caller.token.as_ref()?.privileges {
        TokenPrivileges::Legacy(_) => None,
        TokenPrivileges::FineGrained(grants) => {
            Some(plain_grants(state.catalog, grants).into_iter().map(|grant| grant.access).collect())
        }
    }
}

async fn filter(
    state: &ApiState,
    caller: &Caller,
    accesses: &[Access],
    answer: Value,
) -> Result<Value, ContainersError> {
    let malformed = || GitlabError::Malformed { what: "associations".to_owned() };
    let Value::Object(mut answer) = answer else { return Err(malformed().into()) };
    let mut kept = Map::new();
    for kind in ["groups", "projects"] {
        let Some(Value::Array(items)) = answer.remove(kind) else { return Err(malformed().into()) };
        let mut reached = Vec::with_capacity(items.len());
        for item in items {
            let id = item.get("id").and_then(Value::as_u64).ok_or_else(malformed)?;
            if reaches(state, caller, accesses, kind, id).await? {
                reached.push(item);
            }
        }
        kept.insert(kind.to_owned(), Value::Array(reached));
    }
    Ok(Value::Object(kept))
}

async fn reaches(
    state: &ApiState,
    caller: &Caller,
    accesses: &[Access],
    kind: &str,
    id: u64,
) -> Result<bool, ContainersError> {
    let (ancestors, personal, member) = if kind == "groups" {
        let group = state.containers.group(&caller.connection, id).await?;
        let Some(group) = group else { return Ok(false) };
        (group.ancestors.clone(), false, group.role.is_some())
    } else {
        let project = state.containers.project(&caller.connection, id).await?;
        let Some(project) = project else { return Ok(false) };
        (project.ancestors.clone(), project.personal, project.role.is_some())
    };
    Ok(accesses.iter().any(|access| match access {
        Access::PersonalProjects => personal,
        Access::AllMemberships => member,
        Access::SelectedMemberships { projects, groups } => {
            let itself = if kind == "groups" { groups } else { projects };
            itself.contains(&id) || ancestors.iter().any(|id| groups.contains(id))
        }
        Access::User | Access::Instance => false,
    }))
}
