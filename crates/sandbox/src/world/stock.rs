//! Seeded things that a bare id names. Number 1 belongs to acme/web or acme, number 2 to acme/platform/infra or
//! acme/platform, number 3 to root/vault.

use serde_json::{Value, json};

use super::pipelines::object;
use super::{Container, NewPipeline, Shelf, World};

const PROJECTS: [u64; 3] = [20, 22, 34];
const GROUPS: [u64; 2] = [10, 11];

/// The kinds of virtual registries and their upstreams.
const VIRTUAL: [&str; 7] = [
    "maven registry",
    "maven upstream",
    "maven local upstream",
    "npm registry",
    "npm upstream",
    "container registry",
    "container upstream",
];

impl World {
    /// Stocks the seeded projects and groups. `at` is the moment in GitLab's form.
    pub(crate) fn stock(&mut self, url: &str, at: &str) {
        for project in self.projects.keys().copied().collect::<Vec<_>>() {
            self.stock_pipeline(project, url, at);
        }
        for project in PROJECTS {
            self.stock_project(project, url, at);
        }
        for group in GROUPS {
            self.stock_group(group, at);
        }
        self.stock_runners(at);
    }

    fn stock_pipeline(&mut self, project: u64, url: &str, at: &str) {
        let new = NewPipeline {
            project,
            reference: "main".to_owned(),
            sha: "0".repeat(40),
            source: "push",
            user: Value::Null,
            at: at.to_owned(),
            url: url.to_owned(),
        };
        self.add_pipeline(&new);
    }

    fn stock_project(&mut self, id: u64, url: &str, at: &str) {
        let Some(project) = self.projects.get(&id) else { return };
        let (path, name) = (self.project_path(project), project.name.clone());
        let number = self.next_id("stock");
        let place = Container::Project(id);
        let image = json!({ "id": number, "name": "", "path": path, "project_id": id, "location": format!("registry.example.com/{path}"), "created_at": at, "cleanup_policy_started_at": null, "status": null });
        let vulnerability = json!({ "id": number, "title": "Outdated dependency", "description": null, "state": "detected", "severity": "medium", "confidence": "unknown", "report_type": "dependency_scanning", "project": { "id": id, "name": name, "full_path": path }, "project_default_branch": "main", "created_at": at, "updated_at": at });
        let export = json!({ "id": number, "project_id": id, "format": "csv", "status": "finished", "created_at": at });
        let top = path.split('/').next().unwrap_or_default();
        let package = json!({ "id": number, "name": format!("@{top}/{name}"), "version": "1.0.0", "package_type": "npm", "status": "default", "project_id": id, "project_path": path, "created_at": at, "tags": [], "_links": { "web_path": format!("/{path}/-/packages/{number}"), "delete_api_path": format!("{url}/api/v4/projects/{id}/packages/{number}") } });
        for (kind, value) in [
            ("registry", image),
            ("vulnerability", vulnerability),
            ("archive export", export),
            ("package", package),
        ] {
            self.put(Shelf::new(kind, place), object(value));
        }
    }

    fn stock_group(&mut self, id: u64, at: &str) {
        let number = self.next_id("stock group");
        for kind in VIRTUAL {
            let value = json!({ "id": number, "group_id": id, "name": format!("{kind} {number}"), "description": null, "created_at": at, "updated_at": at });
            self.put(Shelf::new(kind, Container::Group(id)), object(value));
        }
    }

    fn stock_runners(&mut self, at: &str) {
        let owners = [
            ("project_type", Container::Project(20)),
            ("group_type", Container::Group(10)),
            ("instance_type", Container::Instance),
            ("project_type", Container::Project(34)),
            ("project_type", Container::Project(22)),
        ];
        for (kind, owner) in owners {
            self.add_runner(kind, owner, &format!("seeded {kind}"), at);
        }
    }

    /// Adds a runner; its number.
    pub(crate) fn add_runner(&mut self, kind: &str, owner: Container, about: &str, at: &str) -> u64 {
        let id = self.next_id("runner");
        let value = json!({
            "id": id,
            "description": about,
            "ip_address": "",
            "active": true,
            "paused": false,
            "is_shared": kind == "instance_type",
            "runner_type": kind,
            "name": null,
            "online": false,
            "created_by": null,
            "created_at": at,
            "status": "never_contacted",
            "job_execution_status": "idle",
            "tag_list": [],
            "run_untagged": true,
            "locked": kind == "project_type",
            "maximum_timeout": null,
            "access_level": "not_protected",
            "version": null,
            "revision": null,
            "platform": null,
            "architecture": null,
            "contacted_at": null,
            "maintenance_note": null,
        });
        self.put(Shelf::new("runner", owner), object(value));
        id
    }
}
