//! What projects run: environments, Terraform states, agents, schedules, and what pipelines left behind. None of these
//! has an endpoint of the REST API here.

use serde_json::{Value, json};

use super::furnish::{GROUPS, PROJECTS};
use super::{Container, World};

impl World {
    /// Adds to what the projects and groups of the small world are stocked with.
    pub(crate) fn stock_operations(&mut self, url: &str, at: &str) {
        for project in PROJECTS {
            self.stock_running(project, url, at);
            self.stock_artifacts(project, at);
            let place = Container::Project(project);
            let author = self.mention(1);
            self.add("dependency", place, json!({ "name": "serde", "version": "1.0.0", "location": { "path": "Cargo.lock", "blob_path": "/-/blob/main/Cargo.lock" } }));
            self.add(
                "freeze period",
                place,
                json!({ "start_cron": "0 22 * * 5", "end_cron": "0 6 * * 1", "cron_timezone": "UTC" }),
            );
            self.add("pages deployment", place, json!({ "active": true }));
            self.add("deployment", place, json!({ "status": "blocked" }));
            self.add("schedule", place, json!({ "description": "Nightly", "cron": "0 2 * * *", "cron_timezone": "UTC", "ref": "main", "active": true, "owner": author, "created_at": at, "updated_at": at }));
        }
        for user in self.users.keys().copied().collect::<Vec<_>>() {
            let address = self.users.get(&user).map(|user| format!("{}@example.com", user.username));
            self.add("email", Container::User(user), json!({ "email": address, "confirmed_at": at }));
        }
        self.add("topic", Container::Instance, json!({ "name": "rust", "title": "Rust" }));
        self.add("organization", Container::Instance, json!({ "name": "Default", "path": "default" }));
        let member =
            json!({ "user": self.mention(2), "badges": [{ "text": "It's you!", "variant": "muted" }] });
        self.add("organization user", Container::Instance, member);
        for group in GROUPS {
            self.add_epic(group, "Grow", None, at);
        }
    }

    fn stock_running(&mut self, id: u64, url: &str, at: &str) {
        let Some(project) = self.projects.get(&id) else { return };
        let page = format!("{url}/{}", self.project_path(project));
        let path = page.strip_prefix(url).unwrap_or(&page).to_owned();
        let (place, author) = (Container::Project(id), self.mention(1));
        let alert = json!({ "iid": 1, "title": "Too many errors", "description": null, "severity": "critical", "status": "triggered", "started_at": at, "web_url": format!("{page}/-/alert_management/1/details"), "created_at": at, "updated_at": at });
        let alert = self.add("alert", place, alert);
        let environment = self.add("environment", place, json!({ "name": "production", "slug": "production", "state": "available", "tier": "production", "alert_id": alert, "created_at": at, "updated_at": at }));
        self.set(
            "environment",
            place,
            environment,
            "path",
            json!(format!("{path}/-/environments/{environment}")),
        );
        let job = self.first_id("job", place);
        let version = json!({ "serial": 1, "job_id": job, "created_by_user": author, "download_path": format!("/api/v4/projects/{id}/terraform/state/production/versions/1"), "created_at": at, "updated_at": at });
        let version = self.add("terraform version", place, version);
        self.add("terraform state", place, json!({ "name": "production", "latest_version_id": version, "locked_at": null, "locked_by_user": null, "created_at": at, "updated_at": at }));
        let connection = json!({ "connected_at": at, "connection_id": 1, "metadata": { "version": "v16.0.0", "pod_name": "agent-0", "pod_namespace": "agents" } });
        let agent = json!({ "name": "agent", "author": author, "connections": [connection], "created_at": at, "updated_at": at });
        let agent = self.add("cluster agent", place, agent);
        self.add("agent token", place, json!({ "name": "first", "description": null, "cluster_agent_id": agent, "last_used_at": at, "created_at": at }));
    }

    /// What jobs and packages hold.
    fn stock_artifacts(&mut self, id: u64, at: &str) {
        let place = Container::Project(id);
        let (job, package) = (self.first_id("job", place), self.first_id("package", place));
        for number in [1, 2] {
            let path = format!("/api/v4/projects/{id}/jobs/{job}/artifacts/report{number}.txt");
            self.add("artifact", place, json!({ "name": format!("report{number}.txt"), "file_type": "archive", "download_path": path, "job_id": job }));
            let path = format!("/api/v4/projects/{id}/packages/{package}/package_files/{number}");
            self.add("package file", place, json!({ "file_name": format!("package{number}.tgz"), "size": "1024", "file_sha256": format!("{number}").repeat(64), "download_path": path, "package_id": package, "created_at": at }));
        }
    }

    pub(super) fn add_epic(&mut self, group: u64, title: &str, parent: Option<u64>, at: &str) -> u64 {
        let (author, path) = (self.mention(1), self.group_path(group));
        let place = Container::Group(group);
        let iid = self.shelf(super::Shelf::new("epic", place)).len() + 1;
        self.add("epic", place, json!({ "iid": iid, "title": title, "description": null, "state": "opened", "confidential": false, "labels": [], "author": author, "parent_id": parent, "web_url": format!("/groups/{path}/-/epics/{iid}"), "references": { "short": format!("&{iid}"), "full": format!("{path}&{iid}") }, "created_at": at, "updated_at": at }))
    }

    /// The number of the first record of a kind that a place has; null if it has none.
    pub(super) fn first_id(&self, kind: &'static str, place: Container) -> Value {
        let first = self.shelf(super::Shelf::new(kind, place)).first();
        first.and_then(|record| record.get("id")).cloned().unwrap_or(Value::Null)
    }

    /// Sets a field of a record.
    pub(super) fn set(&mut self, kind: &'static str, place: Container, id: u64, key: &str, value: Value) {
        let shelf = super::Shelf::new(kind, place);
        if let Some(record) = self.record_mut(shelf, &["id"], &id.to_string()) {
            record.insert(key.to_owned(), value);
        }
    }
}
