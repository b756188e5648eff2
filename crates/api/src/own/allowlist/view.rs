//! An allowlist as this API reads and shows it.

use narrowgate_store::allowlist::{Allowlist, ProjectKey};
use narrowgate_store::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::own::places;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// What a project lets job tokens do. Its own jobs are always let in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Allowlist)]
pub(in crate::own) struct AllowlistView {
    /// The project.
    project_id: u64,
    /// Whether the project's own jobs may push to it.
    push: bool,
    /// Other projects and groups.
    entries: Vec<EntryView>,
}

/// A project or group whose jobs are let in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllowlistEntry)]
pub(in crate::own) struct EntryView {
    /// `project` or `group`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// GitLab's id.
    id: u64,
    /// For what; default permissions if absent.
    policies: Option<Vec<String>>,
    /// When it was added or last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// A whole allowlist.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAllowlist)]
pub(in crate::own) struct AllowlistBody {
    /// Whether the project's own jobs may push to it.
    #[serde(default)]
    pub(super) push: bool,
    /// Other projects and groups.
    #[schema(max_items = 200)]
    pub(super) entries: Vec<EntryBody>,
}

/// A project or group whose jobs shall be let in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAllowlistEntry)]
pub(in crate::own) struct EntryBody {
    /// Which of the two.
    #[serde(rename = "type")]
    pub(super) kind: TargetKind,
    /// GitLab's id.
    #[schema(minimum = 1)]
    pub(super) id: u32,
    /// For what, such as `READ_JOBS`; default permissions if absent.
    pub(super) policies: Option<Vec<String>>,
}

/// A project or a group.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::own) enum TargetKind {
    Project,
    Group,
}

impl AllowlistView {
    pub(super) fn of(key: &ProjectKey, allowlist: &Allowlist) -> Self {
        let entries = allowlist.entries.iter().map(|entry| EntryView {
            kind: entry.target.kind(),
            id: entry.target.id(),
            policies: entry.policies.clone(),
            updated_at: entry.updated_at,
        });
        Self { project_id: key.project_id, push: allowlist.push, entries: entries.collect() }
    }
}

/// The project of a path.
pub(super) async fn key(state: &OwnState, caller: &Caller, project: &str) -> Result<ProjectKey, Problem> {
    let mine = &caller.connection;
    let project = places::project(state, mine, project).await?;
    Ok(ProjectKey { tenant: mine.tenant, instance_url: mine.instance_url.clone(), project_id: project.id })
}
