//! Pipelines with their jobs, seeded and new.

use serde_json::{Value, json};

use super::{Container, Record, Shelf, World};

/// What a new pipeline is to be.
pub(crate) struct NewPipeline {
    pub(crate) project: u64,
    pub(crate) reference: String,
    pub(crate) sha: String,
    pub(crate) source: &'static str,
    pub(crate) user: Value,
    /// When, in GitLab's form.
    pub(crate) at: String,
    /// The URL of the forge.
    pub(crate) url: String,
}

impl World {
    /// Adds a pipeline with three jobs: one that is done, one that failed, one that waits to be played.
    pub(crate) fn add_pipeline(&mut self, new: &NewPipeline) -> Record {
        let shelf = Shelf::new("pipeline", Container::Project(new.project));
        let id = self.next_id("pipeline");
        let iid = self.shelf(shelf).len() + 1;
        let path =
            self.projects.get(&new.project).map(|project| self.project_path(project)).unwrap_or_default();
        let mut pipeline = object(json!({
            "id": id,
            "iid": iid,
            "project_id": new.project,
            "sha": new.sha,
            "ref": new.reference,
            "status": "failed",
            "source": new.source,
            "created_at": new.at,
            "updated_at": new.at,
            "web_url": format!("{}/{path}/-/pipelines/{id}", new.url),
        }));
        for (name, stage, status) in
            [("build", "build", "success"), ("test", "test", "failed"), ("deploy", "deploy", "manual")]
        {
            let job = self.new_job(new, &pipeline, &path, [name, stage, status]);
            self.put(Shelf::new("job", Container::Project(new.project)), job);
        }
        pipeline.extend(object(json!({
            "name": null,
            "before_sha": "0".repeat(40),
            "tag": false,
            "yaml_errors": null,
            "user": new.user,
            "started_at": new.at,
            "finished_at": new.at,
            "committed_at": null,
            "duration": 42,
            "queued_duration": 1,
            "coverage": null,
            "archived": false,
        })));
        self.put(shelf, pipeline.clone());
        pipeline
    }

    pub(super) fn new_job(
        &mut self,
        new: &NewPipeline,
        pipeline: &Record,
        path: &str,
        facts: [&str; 3],
    ) -> Record {
        let [name, stage, status] = facts;
        let id = self.next_id("job");
        let ran = status != "manual";
        let done = ran && status != "running";
        object(json!({
            "id": id,
            "status": status,
            "stage": stage,
            "name": name,
            "ref": new.reference,
            "tag": false,
            "coverage": null,
            "allow_failure": !ran,
            "created_at": new.at,
            "started_at": ran.then_some(&new.at),
            "finished_at": done.then_some(&new.at),
            "erased_at": null,
            "duration": done.then_some(21.5),
            "queued_duration": ran.then_some(0.5),
            "user": new.user,
            "commit": { "id": new.sha, "short_id": new.sha.get(..8), "title": "Initial commit" },
            "pipeline": pipeline,
            "failure_reason": (status == "failed").then_some("script_failure"),
            "web_url": format!("{}/{path}/-/jobs/{id}", new.url),
            "project": { "ci_job_token_scope_enabled": false },
            "artifacts": [],
            "runner": null,
            "runner_manager": null,
            "artifacts_expire_at": null,
            "archived": false,
            "source": "push",
            "tag_list": [],
        }))
    }
}

/// The fields of a JSON object.
pub(crate) fn object(value: Value) -> Record {
    match value {
        Value::Object(record) => record,
        _ => Record::new(),
    }
}
