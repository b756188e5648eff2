//! Merging, and what would be merged.

use ::http::StatusCode;
use axum::extract::Path;
use serde_json::{Value, json};

use super::{find, keep, text};
use crate::api::repository::{Opened, diffs as files_of, log_of, person};
use crate::http::{ApiError, Call, Reply, json as answer};
use crate::world::Record;

pub(super) async fn merge(Path((id, iid)): Path<(String, String)>, call: Call) -> Reply {
    let (project, mut request) = find(&call, &call.forge.world(), &id, &iid)?;
    let target = text(&request, "target_branch").to_owned();
    let opened = Opened::write(&call, &id, &target).await.map_err(|_| ApiError::unauthorized())?;
    if text(&request, "state") != "opened" {
        return Err(ApiError::not_allowed());
    }
    let (source_tip, target_tip) = tips(&opened, &request).await?;
    if call.params.text("sha").is_some_and(|sha| sha != source_tip) {
        return Err(ApiError::conflict(
            "SHA does not match HEAD of source branch: ".to_owned() + &source_tip,
        ));
    }
    let sha = merge_commit(&call, &opened, &request, &source_tip, &target_tip).await?;
    opened.run(&["update-ref", &format!("refs/heads/{target}"), &sha, &target_tip]).await?;
    let mut world = call.forge.world();
    let by = call.author(&world);
    let fields = [
        ("state", json!("merged")),
        ("merged_at", json!(call.now())),
        ("merged_by", by.clone()),
        ("merge_user", by),
        ("sha", json!(source_tip)),
        ("merge_commit_sha", json!(sha)),
        ("detailed_merge_status", json!("not_open")),
    ];
    request.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    keep(&mut world, project.id, &iid, &request);
    Ok(answer(StatusCode::OK, &json!(request)))
}

/// The tips of source and target.
async fn tips(opened: &Opened, request: &Record) -> Result<(String, String), ApiError> {
    let source = opened.branch(text(request, "source_branch")).await;
    let target = opened.branch(text(request, "target_branch")).await;
    source.zip(target).ok_or_else(|| ApiError::unprocessable("Branch cannot be merged"))
}

async fn merge_commit(
    call: &Call,
    opened: &Opened,
    request: &Record,
    source: &str,
    target: &str,
) -> Result<String, ApiError> {
    let conflict = |_| ApiError::unprocessable("Branch cannot be merged");
    let tree = opened.text(&["merge-tree", "--write-tree", target, source]).await.map_err(conflict)?;
    let default = format!(
        "Merge branch '{}' into '{}'",
        text(request, "source_branch"),
        text(request, "target_branch")
    );
    let message = call.params.text("merge_commit_message").unwrap_or(default);
    let (name, email) = person(call);
    let (name, email) = (format!("user.name={name}"), format!("user.email={email}"));
    let args =
        ["-c", &name, "-c", &email, "commit-tree", tree.trim(), "-p", target, "-p", source, "-m", &message];
    Ok(opened.text(&args).await?.trim().to_owned())
}

/// The commits that a merge request brings.
pub(super) async fn commits(Path((id, iid)): Path<(String, String)>, call: Call) -> Reply {
    let (_, request) = find(&call, &call.forge.world(), &id, &iid)?;
    let opened = Opened::read(&call, &id).await?;
    let (source, target) = tips(&opened, &request).await?;
    let commits = log_of(&call, &opened, &[&format!("{target}..{source}")]).await?;
    call.page(commits)
}

async fn files(call: &Call, id: &str, request: &Record) -> Result<Vec<Value>, ApiError> {
    let opened = Opened::read(call, id).await?;
    let (source, target) = tips(&opened, request).await?;
    let patch = opened.text(&["diff", "--no-renames", &format!("{target}...{source}")]).await?;
    Ok(files_of(&patch))
}

pub(super) async fn diffs(Path((id, iid)): Path<(String, String)>, call: Call) -> Reply {
    let (_, request) = find(&call, &call.forge.world(), &id, &iid)?;
    let files = files(&call, &id, &request).await?;
    call.page(files)
}

pub(super) async fn changes(Path((id, iid)): Path<(String, String)>, call: Call) -> Reply {
    let (_, mut request) = find(&call, &call.forge.world(), &id, &iid)?;
    let files = files(&call, &id, &request).await?;
    request.insert("changes".to_owned(), Value::Array(files));
    request.insert("overflow".to_owned(), json!(false));
    Ok(answer(StatusCode::OK, &json!(request)))
}
