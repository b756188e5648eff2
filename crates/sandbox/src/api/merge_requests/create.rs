//! Opening a merge request.

use axum::extract::Path;
use serde_json::{Value, json};

use super::{shelf, text};
use crate::api::issues::set_people_and_labels;
use crate::api::repository::Opened;
use crate::api::resource::{next_iid, set_fields};
use crate::http::{ApiError, Call, Reply, created};
use crate::world::{Project, Record, World, object};

pub(super) async fn create(Path(id): Path<String>, call: Call) -> Reply {
    let source = call.params.required("source_branch")?;
    let target = call.params.required("target_branch")?;
    call.params.required("title")?;
    let opened = Opened::write(&call, &id, "").await?;
    let refused = |text: &str| ApiError::bad_request(json!({ "base": [text] }));
    if source == target {
        return Err(refused("You can't use same project/branch for source and target"));
    }
    let sha = opened
        .branch(&source)
        .await
        .ok_or_else(|| ApiError::bad_request(json!({ "source_branch": ["does not exist"] })))?;
    opened
        .branch(&target)
        .await
        .ok_or_else(|| ApiError::bad_request(json!({ "target_branch": ["does not exist"] })))?;
    let mut world = call.forge.world();
    let is_open = |it: &Record| {
        text(it, "state") == "opened"
            && text(it, "source_branch") == source
            && text(it, "target_branch") == target
    };
    if let Some(other) = world.shelf(shelf(opened.project.id)).iter().find(|it| is_open(it)) {
        let number = other.get("iid").and_then(Value::as_u64).unwrap_or_default();
        return Err(ApiError::conflict(vec![format!(
            "Another open merge request already exists for this source branch: !{number}"
        )]));
    }
    let mut request = draft(&call, &mut world, &opened.project, &sha);
    let fields = ["title", "description", "source_branch", "target_branch", "squash", "discussion_locked"];
    set_fields(&mut request, &fields, &call.params);
    set_people_and_labels(&call, &world, &mut request);
    world.put(shelf(opened.project.id), request.clone());
    Ok(created(&json!(request)))
}

fn draft(call: &Call, world: &mut World, project: &Project, sha: &str) -> Record {
    let id = world.next_id("merge_request");
    let iid = next_iid(world.shelf(shelf(project.id)));
    let path = world.project_path(project);
    let mut request = object(json!({
        "id": id,
        "iid": iid,
        "project_id": project.id,
        "title": "",
        "description": null,
        "state": "opened",
        "created_at": call.now(),
        "updated_at": call.now(),
        "merged_by": null,
        "merge_user": null,
        "merged_at": null,
        "closed_by": null,
        "closed_at": null,
        "target_branch": "",
        "source_branch": "",
        "user_notes_count": 0,
        "upvotes": 0,
        "downvotes": 0,
        "author": call.author(world),
        "assignees": [],
        "assignee": null,
        "reviewers": [],
        "source_project_id": project.id,
        "target_project_id": project.id,
        "labels": [],
        "draft": false,
        "sha": sha,
        "prepared_at": call.now(),
        "reference": format!("!{iid}"),
        "references": { "short": format!("!{iid}"), "relative": format!("!{iid}"), "full": format!("{path}!{iid}") },
        "web_url": format!("{}/{path}/-/merge_requests/{iid}", call.forge.url()),
        "force_remove_source_branch": call.params.flag("remove_source_branch"),
    }));
    request.extend(fixed());
    request
}

/// What is the same for every new merge request.
fn fixed() -> Record {
    object(json!({
        "imported": false,
        "imported_from": "none",
        "work_in_progress": false,
        "milestone": null,
        "merge_when_pipeline_succeeds": false,
        "merge_status": "can_be_merged",
        "detailed_merge_status": "mergeable",
        "merge_after": null,
        "merge_commit_sha": null,
        "squash_commit_sha": null,
        "discussion_locked": null,
        "should_remove_source_branch": null,
        "time_stats": { "time_estimate": 0, "total_time_spent": 0, "human_time_estimate": null, "human_total_time_spent": null },
        "squash": false,
        "squash_on_merge": false,
        "task_completion_status": { "count": 0, "completed_count": 0 },
        "has_conflicts": false,
        "blocking_discussions_resolved": true,
        "approvals_before_merge": null,
        "subscribed": true,
        "changes_count": "1",
        "user": { "can_merge": true },
    }))
}
