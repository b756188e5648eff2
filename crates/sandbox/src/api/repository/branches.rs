//! Branches.

use ::http::StatusCode;
use axum::extract::Path;
use narrowgate_catalog::Role;
use serde_json::{Value, json};

use super::log;
use super::open::Opened;
use crate::http::{ApiError, Call, Need, Reply, created, deleted, json as answer};

async fn view(call: &Call, opened: &Opened, name: &str, sha: &str) -> Result<Value, ApiError> {
    let default = name == opened.project.default_branch;
    let (path, standing) = {
        let world = call.forge.world();
        (world.project_path(&opened.project), world.standing_in_project(call.viewer.user, &opened.project))
    };
    let least = if default { Role::Maintainer } else { Role::Developer };
    Ok(json!({
        "name": name,
        "commit": log::one(call, opened, sha).await?,
        "merged": false,
        "protected": default,
        "developers_can_push": false,
        "developers_can_merge": false,
        "can_push": standing.role >= least,
        "default": default,
        "web_url": format!("{}/{path}/-/tree/{name}", call.forge.url()),
    }))
}

pub(super) async fn list(Path(id): Path<String>, call: Call) -> Reply {
    let opened = Opened::read(&call, &id).await?;
    let search = call.params.text("search").unwrap_or_default();
    let heads =
        opened.text(&["for-each-ref", "--format=%(objectname) %(refname:strip=2)", "refs/heads"]).await?;
    let mut branches = Vec::new();
    for (sha, name) in heads.lines().filter_map(|line| line.split_once(' ')) {
        if name.contains(&search) {
            branches.push(view(&call, &opened, name, sha).await?);
        }
    }
    call.page(branches)
}

pub(super) async fn show(Path((id, name)): Path<(String, String)>, call: Call) -> Reply {
    let opened = Opened::read(&call, &id).await?;
    let sha = opened.branch(&name).await.ok_or_else(|| ApiError::not_found("Branch"))?;
    Ok(answer(StatusCode::OK, &view(&call, &opened, &name, &sha).await?))
}

pub(super) async fn create(Path(id): Path<String>, call: Call) -> Reply {
    let name = call.params.required("branch")?;
    let from = call.params.required("ref")?;
    let opened = Opened::write(&call, &id, "").await?;
    opened.new_name(&name).await?;
    if opened.branch(&name).await.is_some() {
        return Err(ApiError::bad_request("Branch already exists"));
    }
    let invalid = || ApiError::bad_request("Invalid reference name: ".to_owned() + &from);
    let sha = opened.commit(&from).await.ok_or_else(invalid)?;
    opened.run(&["update-ref", &format!("refs/heads/{name}"), &sha]).await?;
    Ok(created(&view(&call, &opened, &name, &sha).await?))
}

pub(super) async fn remove(Path((id, name)): Path<(String, String)>, call: Call) -> Reply {
    call.project(&call.forge.world(), &id, Need::Write(Role::Developer))?;
    let opened = Opened::write(&call, &id, "").await?;
    let sha = opened.branch(&name).await.ok_or_else(|| ApiError::not_found("Branch"))?;
    if name == opened.project.default_branch {
        return Err(ApiError::bad_request("Cannot remove HEAD branch"));
    }
    opened.run(&["update-ref", "-d", &format!("refs/heads/{name}"), &sha]).await?;
    Ok(deleted())
}
