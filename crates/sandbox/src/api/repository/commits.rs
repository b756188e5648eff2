//! Commits, diffs and comparisons.

use ::http::StatusCode;
use axum::extract::Path;
use serde_json::{Value, json};

use super::log;
use super::open::Opened;
use super::push::{check_path, content, push};
use crate::git::Change;
use crate::http::{ApiError, Call, Reply, created, json as answer};
use crate::view::extend;

fn missing() -> ApiError {
    ApiError::not_found("Commit")
}

pub(super) async fn list(Path(id): Path<String>, call: Call) -> Reply {
    let opened = Opened::read(&call, &id).await?;
    let tip = opened.commit_of(&call, "ref_name").await.ok_or_else(missing)?;
    let path = call.params.text("path").unwrap_or_default();
    let mut args = vec![tip.as_str()];
    if !path.is_empty() {
        args.extend(["--", path.as_str()]);
    }
    let commits = log::log(&call, &opened, &args).await?;
    call.page(commits)
}

pub(super) async fn show(Path((id, sha)): Path<(String, String)>, call: Call) -> Reply {
    let opened = Opened::read(&call, &id).await?;
    let sha = opened.commit(&sha).await.ok_or_else(missing)?;
    let mut commit = log::one(&call, &opened, &sha).await?;
    extend(&mut commit, json!({ "project_id": opened.project.id, "status": null }));
    Ok(answer(StatusCode::OK, &commit))
}

pub(super) async fn create(Path(id): Path<String>, call: Call) -> Reply {
    let branch = call.params.required("branch")?;
    let opened = Opened::write(&call, &id, &branch).await?;
    let actions = call.params.get("actions").and_then(Value::as_array).cloned();
    let actions = actions.ok_or_else(|| ApiError::bad_parameter("actions is missing"))?;
    let mut changes = Vec::new();
    for action in &actions {
        changes.extend(read_action(action)?);
    }
    let sha = push(&call, &opened, changes).await?;
    Ok(created(&log::one(&call, &opened, &sha).await?))
}

fn read_action(action: &Value) -> Result<Vec<Change>, ApiError> {
    let text = |name: &str| action.get(name).and_then(Value::as_str);
    let path = text("file_path").unwrap_or_default().to_owned();
    check_path(&path)?;
    let write = || -> Result<Change, ApiError> {
        let content = content(action.get("content"), text("encoding"))?;
        Ok(Change::Write { path: path.clone(), content })
    };
    match text("action") {
        Some("create" | "update") => Ok(vec![write()?]),
        Some("delete") => Ok(vec![Change::Delete { path }]),
        Some("move") => {
            let from = text("previous_path").unwrap_or_default().to_owned();
            check_path(&from)?;
            let moved = Change::Move { from, to: path.clone() };
            Ok(if action.get("content").is_some() { vec![moved, write()?] } else { vec![moved] })
        }
        _ => Err(ApiError::bad_parameter("actions[0][action] does not have a valid value")),
    }
}

pub(super) async fn diff(Path((id, sha)): Path<(String, String)>, call: Call) -> Reply {
    let opened = Opened::read(&call, &id).await?;
    let sha = opened.commit(&sha).await.ok_or_else(missing)?;
    let output =
        opened.text(&["diff-tree", "--root", "-r", "-p", "--no-commit-id", "--no-renames", &sha]).await?;
    call.page(diffs(&output))
}

pub(super) async fn compare(Path(id): Path<String>, call: Call) -> Reply {
    let opened = Opened::read(&call, &id).await?;
    let (from, to) = (call.params.required("from")?, call.params.required("to")?);
    let from = opened.commit(&from).await.ok_or_else(|| ApiError::not_found("Ref"))?;
    let to = opened.commit(&to).await.ok_or_else(|| ApiError::not_found("Ref"))?;
    let commits = log::log(&call, &opened, &["--reverse", &format!("{from}..{to}")]).await?;
    let output = opened.text(&["diff", "--no-renames", &format!("{from}...{to}")]).await?;
    let body = json!({
        "commit": commits.last(),
        "commits": commits,
        "diffs": diffs(&output),
        "compare_timeout": false,
        "compare_same_ref": from == to,
        "web_url": format!("{}/{}/-/compare/{from}...{to}", call.forge.url(), call.forge.world().project_path(&opened.project)),
    });
    Ok(answer(StatusCode::OK, &body))
}

/// The files of a patch.
pub(crate) fn diffs(patch: &str) -> Vec<Value> {
    let mut files = Vec::new();
    for part in patch.split("diff --git ").skip(1) {
        let head = part.lines().next().unwrap_or_default();
        let (old, new) = head.split_once(" b/").unwrap_or((head, head));
        let old = old.trim_start_matches("a/");
        let hunks = part.find("\n@@").and_then(|at| part.get(at + 1..)).unwrap_or_default();
        files.push(json!({
            "diff": hunks,
            "collapsed": false,
            "too_large": false,
            "new_path": new,
            "old_path": old,
            "a_mode": "100644",
            "b_mode": "100644",
            "new_file": part.contains("\nnew file mode"),
            "renamed_file": old != new,
            "deleted_file": part.contains("\ndeleted file mode"),
            "generated_file": null,
        }));
    }
    files
}
