//! Commits made through the API.

use base64::Engine as _;
use serde_json::Value;

use super::open::Opened;
use crate::git::{Change, Commit};
use crate::http::{ApiError, Call};

/// Name and address of the viewer, as a commit shows them.
pub(crate) fn person(call: &Call) -> (String, String) {
    let world = call.forge.world();
    let user = call.viewer.user.and_then(|id| world.users.get(&id));
    user.map(|user| (user.name.clone(), format!("{}@example.com", user.username))).unwrap_or_default()
}

/// Makes a commit on the branch that the request names, which may be a new one from `start_branch` or `start_sha`.
pub(super) async fn push(call: &Call, opened: &Opened, changes: Vec<Change>) -> Result<String, ApiError> {
    let branch = call.params.required("branch")?;
    let message = call.params.required("commit_message")?;
    let parent = match opened.branch(&branch).await {
        Some(tip) => Some(tip),
        None => start(call, opened, &branch).await?,
    };
    let (name, email) = person(call);
    let commit = Commit {
        branch,
        parent,
        message,
        name: call.params.text("author_name").unwrap_or(name),
        email: call.params.text("author_email").unwrap_or(email),
        at: call.forge.now(),
        changes,
    };
    Ok(commit.make(opened.git(), &opened.directory).await?)
}

/// Where a new branch starts; nowhere when the repository is empty.
async fn start(call: &Call, opened: &Opened, branch: &str) -> Result<Option<String>, ApiError> {
    opened.new_name(branch).await?;
    let start = call.params.text("start_branch").or_else(|| call.params.text("start_sha"));
    let empty = opened.commit("HEAD").await.is_none();
    let refused = || ApiError::bad_request("You can only create or edit files when you are on a branch");
    match start {
        Some(start) => opened.commit(&start).await.map(Some).ok_or_else(refused),
        None if empty => Ok(None),
        None => Err(refused()),
    }
}

/// The content of a file in a request, decoded where it says so.
pub(super) fn content(content: Option<&Value>, encoding: Option<&str>) -> Result<Vec<u8>, ApiError> {
    let text =
        content.and_then(Value::as_str).ok_or_else(|| ApiError::bad_parameter("content is missing"))?;
    if encoding != Some("base64") {
        return Ok(text.as_bytes().to_vec());
    }
    let packed: String = text.split_whitespace().collect();
    let invalid = |_| ApiError::bad_request("content is not valid base64");
    base64::engine::general_purpose::STANDARD.decode(packed).map_err(invalid)
}

/// A path within a repository that git takes, or 400.
pub(crate) fn check_path(path: &str) -> Result<(), ApiError> {
    let bad = path.is_empty()
        || path.contains('\0')
        || path.split('/').any(|part| matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git"));
    if bad { Err(ApiError::bad_parameter("file_path should be a valid file path")) } else { Ok(()) }
}
