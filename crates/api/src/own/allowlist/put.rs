//! `PUT /api/narrowgate/v1/projects/{id}/job_token_allowlist`

use axum::extract::{Path, State};
use axum::{Extension, Json};
use narrowgate_catalog::JobPolicy;
use narrowgate_gitlab::Reference;
use narrowgate_store::allowlist::{Allowlist, MOST_ENTRIES, ProjectKey};
use narrowgate_store::tokens::Resource;
use serde_json::json;

use super::view::{AllowlistBody, AllowlistView, EntryBody, TargetKind, key};
use crate::caller::Caller;
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::record;
use crate::own::state::OwnState;

/// An entry that makes sense.
struct Entry {
    target: Resource,
    policies: Option<Vec<String>>,
}

/// Replaces the allowlist of a project. What was on it and is not in the body is taken off.
#[utoipa::path(
    put,
    path = "/api/narrowgate/v1/projects/{id}/job_token_allowlist",
    operation_id = "putAllowlist",
    tag = "job tokens",
    params(("id" = String, Path, description = "The project, by number or path")),
    request_body = AllowlistBody,
    responses((status = 200, description = "The allowlist as it is now", body = AllowlistView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Body(body): Body<AllowlistBody>,
) -> Result<Json<AllowlistView>, Problem> {
    let key = key(&state, &caller, &id).await?;
    let before = state.store().allowlists().lookup(&key).await?;
    let entries = read(&state, &caller, &key, &before, &body).await?;
    write(&state, &key, &before, &entries, body.push).await?;
    let after = state.store().allowlists().lookup(&key).await?;
    let (before, view) = (AllowlistView::of(&key, &before), AllowlistView::of(&key, &after));
    let details = json!({ "before": before, "after": view });
    record::append(&state, &[record::event(&state, &caller, "allowlist.updated", details)]).await?;
    Ok(Json(view))
}

async fn read(
    state: &OwnState,
    caller: &Caller,
    key: &ProjectKey,
    before: &Allowlist,
    body: &AllowlistBody,
) -> Result<Vec<Entry>, Problem> {
    if body.entries.len() > MOST_ENTRIES {
        return Err(Problem::invalid(format!("an allowlist has at most {MOST_ENTRIES} entries")));
    }
    let mut entries: Vec<Entry> = Vec::with_capacity(body.entries.len());
    for given in &body.entries {
        let target = given.target();
        if target == Resource::Project(key.project_id) {
            return Err(Problem::invalid("a project always lets its own jobs in"));
        }
        if entries.iter().any(|entry| entry.target == target) {
            return Err(Problem::invalid(format!("{} {} is named twice", target.kind(), target.id())));
        }
        // What is on the list already may stay, also where the caller cannot see it.
        if !before.entries.iter().any(|entry| entry.target == target) {
            check_visible(state, caller, target).await?;
        }
        entries.push(Entry { target, policies: given.policies()? });
    }
    Ok(entries)
}

async fn check_visible(state: &OwnState, caller: &Caller, target: Resource) -> Result<(), Problem> {
    let containers = &state.api.containers;
    let reference = Reference::Id(target.id());
    let is_there = match target {
        Resource::Project(_) => containers.project(&caller.connection, &reference).await?.is_some(),
        Resource::Group(_) => containers.group(&caller.connection, &reference).await?.is_some(),
    };
    if is_there {
        Ok(())
    } else {
        Err(Problem::invalid(format!("there is no {} {}", target.kind(), target.id())))
    }
}

/// Takes off before it adds, so that the list never holds more than before and after.
async fn write(
    state: &OwnState,
    key: &ProjectKey,
    before: &Allowlist,
    entries: &[Entry],
    push: bool,
) -> Result<(), Problem> {
    let (allowlists, now) = (state.store().allowlists(), state.now());
    for old in &before.entries {
        if !entries.iter().any(|entry| entry.target == old.target) {
            allowlists.remove(key, old.target, now).await?;
        }
    }
    for entry in entries {
        let same = |old: &&narrowgate_store::allowlist::AllowlistEntry| {
            old.target == entry.target && old.policies == entry.policies
        };
        if !before.entries.iter().any(|old| same(&old)) {
            allowlists.put(key, entry.target, entry.policies.as_deref(), now).await?;
        }
    }
    if push != before.push {
        allowlists.set_push(key, push, now).await?;
    }
    Ok(())
}

impl EntryBody {
    fn target(&self) -> Resource {
        match self.kind {
            TargetKind::Project => Resource::Project(self.id.into()),
            TargetKind::Group => Resource::Group(self.id.into()),
        }
    }

    /// GitLab's names, in capitals.
    fn policies(&self) -> Result<Option<Vec<String>>, Problem> {
        let Some(names) = &self.policies else { return Ok(None) };
        let read = |name: &String| {
            let policy = JobPolicy::parse(name).map(|policy| policy.as_str().to_owned());
            policy.ok_or_else(|| Problem::invalid(format!("`{name}` is not a policy of job tokens")))
        };
        names.iter().map(read).collect::<Result<_, _>>().map(Some)
    }
}
