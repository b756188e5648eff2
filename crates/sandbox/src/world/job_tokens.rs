//! Running jobs and their tokens.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::tokens::digest_of;
use super::{Container, NewPipeline, Record, Shelf, World};
use crate::view;

/// A job by its project and number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JobKey {
    project: u64,
    job: u64,
}

fn shelf(project: u64) -> Shelf {
    Shelf::new("job", Container::Project(project))
}

impl World {
    /// Starts a job of a project's latest pipeline on behalf of a user; its number and its token. None where there is no
    /// such project or user.
    pub(crate) fn start_job(
        &mut self,
        project: u64,
        username: &str,
        url: &str,
        at: &str,
    ) -> Option<(u64, SecretString)> {
        let user = view::author(url, self.user_named(username)?);
        let path = self.project_path(self.projects.get(&project)?);
        let pipeline = self.shelf(Shelf::new("pipeline", Container::Project(project))).last()?.clone();
        let text = |name: &str| pipeline.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let new = NewPipeline {
            project,
            reference: text("ref"),
            sha: text("sha"),
            source: "push",
            user,
            at: at.to_owned(),
            url: url.to_owned(),
        };
        let record = self.new_job(&new, &pipeline, &path, ["script", "test", "running"]);
        let job = record.get("id").and_then(Value::as_u64)?;
        self.put(shelf(project), record);
        let token = SecretString::from(format!("glcbt-64_{}", self.draw_secret(20)));
        self.job_tokens.insert(digest_of(token.expose_secret()), JobKey { project, job });
        Some((job, token))
    }

    /// Ends a running job, and with it its token. Tells whether it ran.
    pub(crate) fn finish_job(&mut self, project: u64, job: u64) -> bool {
        let key = JobKey { project, job };
        if self.running_job(key).is_none() {
            return false;
        }
        let record = self.record_mut(shelf(project), &["id"], &job.to_string());
        record.map(|record| record.insert("status".to_owned(), json!("success"))).is_some()
    }

    /// The running job whose token this is.
    pub(crate) fn job_of_token(&self, plain: &str) -> Option<JobKey> {
        let key = *self.job_tokens.get(&digest_of(plain))?;
        self.running_job(key).map(|_| key)
    }

    /// The job, as long as it runs.
    pub(crate) fn running_job(&self, key: JobKey) -> Option<&Record> {
        let record = self.record(shelf(key.project), &["id"], &key.job.to_string())?;
        (record.get("status") == Some(&json!("running"))).then_some(record)
    }
}
